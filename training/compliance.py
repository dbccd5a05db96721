"""What training answers for: which cases keep and break the clauses on courses and sessions."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from expansion import clock, compliance, metrics
from expansion.compliance import (
    Check,
    Fact,
    Instance,
    Listed,
    Query,
    Reach,
    Reminder,
    Screen,
    Span,
    numbers_by,
    state_of,
)
from expansion.people.models import Membership
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Items
from expansion.worktime.compliance import Interval
from training.models import Course, Enrolment, Session

HELD = (Session.Status.HELD, Session.Status.CLOSED)
# Keys of the rulebook's lists: a mode, and two categories of courses.
INTERNAL, SKILLS, ONBOARDING = "internal", "post_skills", "onboarding"


def internal_training(rules: Rules, clause: str) -> Listed:
    """Internal sessions held, each within `training.internal_every` of the last (A-6.3.1).

    A case is the wait after a day with a session, and a matter of who held it: kept where the next
    came by its day, and broken again for every further stretch without one.
    """
    return Listed(partial(_held_again, Q(mode=INTERNAL), rules))


def skills_training(rules: Rules, clause: str) -> Listed:
    """As with internal training, for courses in the skills of a post, in any mode (D-5.1.2a)."""
    return Listed(partial(_held_again, Q(course__category=SKILLS), rules))


def held_as_planned(rules: Rules, clause: str) -> Query:
    """Sessions by the moment they end: kept where they were held, broken where they were called
    off or nobody says that they took place (A-6.4.3)."""
    return Query(
        Session.objects.live(),
        person="owner_id",
        due="ends_at",
        kept=Q(status__in=HELD),
        open=Q(status__in=Session.AHEAD, ends_at__gte=clock.now()),
    )


def attendance(rules: Rules, clause: str) -> Query:
    """Everybody enrolled, by the end of the session: kept where they came (E7-4.3).

    Whoever is excused, or whose session was called off, is not counted; until the attendance is
    marked it is running.
    """
    enrolled = Enrolment.objects.live().exclude(session__status=Session.Status.CANCELLED)
    return Query(
        enrolled.exclude(attendance=Enrolment.Attendance.EXCUSED).select_related(
            "owner", "session"
        ),
        person="owner_id",
        due="session__ends_at",
        done="marked_at",
        kept=Q(attendance=Enrolment.Attendance.ATTENDED),
        open=Q(attendance=""),
    )


def onboarding(rules: Rules, clause: str) -> Listed:
    """Everybody new in a post of the regulation: kept where a course for new staff was attended
    within `training.onboarding` of the first day (D-5.1.1b)."""
    return Listed(partial(_newcomers, rules))


def newcomers(rules: Rules, clause: str) -> Listed:
    """The same, each shown as the person: a seat has no page that could be read."""
    return Listed(
        lambda reach, span: (
            one._replace(record=one.record.user) for one in _newcomers(rules, reach, span)
        )
    )


def _held_again(condition: Q, rules: Rules, reach: Reach, span: Span) -> Iterator[Instance]:
    interval = Interval(rules.training.internal_every.value, rules.working_time.as_calendar())
    held = Session.objects.live().filter(condition, status__in=HELD, starts_at__lte=clock.now())
    by_day = {clock.local_date(one.starts_at): one for one in held.order_by("starts_at", "pk")}
    if not by_day:
        return
    for turn in interval.turns(span, min(by_day), by_day):
        last = by_day[max(day for day in by_day if day <= turn.since)]
        if _is_of(reach, last):
            yield Instance(last, last.owner_id, turn.due, turn.done, turn.state)


def _newcomers(rules: Rules, reach: Reach, span: Span) -> Iterator[Instance]:
    interval = Interval(rules.training.onboarding.value, rules.working_time.as_calendar())
    seats = list(_first_seats(rules, reach, interval.begins(span), span.last))
    attended = _onboarded(rules, [seat.user_id for seat in seats])
    for seat in seats:
        due = interval.after(seat.since)
        if due and span.has(due):
            done = min(attended[seat.user_id], default=None)
            yield Instance(seat, seat.user_id, due, done, state_of(due, done))


def _first_seats(rules: Rules, reach: Reach, first: date, last: date) -> Iterator[Membership]:
    """The seat in which each person of those days began, in a post of the regulation."""
    posts = [post.key for post in rules.posts]
    earlier = Membership.objects.filter(user=OuterRef("user"), since__lt=OuterRef("since"))
    began = Membership.objects.filter(
        reach.of("user", "unit"),
        ~Exists(earlier),
        since__range=(first, last),
        post__key__in=posts,
    )
    seats = began.select_related("user", "unit", "post").order_by("pk")
    return iter({seat.user_id: seat for seat in seats}.values())


def _onboarded(rules: Rules, people: list[int]) -> dict[int, list[date]]:
    """The days on which each of them attended a course for new staff."""
    topics = [item.key for item in rules.training.onboarding_topics]
    meant = Q(session__course__category=ONBOARDING) | Q(session__course__topic__in=topics)
    found = Enrolment.objects.attended().filter(meant, owner__in=people).order_by()
    days: dict[int, list[date]] = defaultdict(list)
    for person, moment in found.values_list("owner_id", "session__starts_at"):
        days[person].append(clock.local_date(moment))
    return days


def _is_of(reach: Reach, session: Session) -> bool:
    if reach.person is not None:
        return session.owner_id == reach.person
    return session.team_id in reach.units


def catalogue(rules: Rules) -> Iterator[str]:
    """The kinds and subjects of courses, with how many the catalogue has (A-6.2)."""
    numbers: Counter[str] = Counter()
    for category, topic in Course.objects.filter(deleted_at=None).values_list("category", "topic"):
        numbers.update({category, topic})
    known = {item.key: item for item in (*rules.training.categories, *rules.training.topics)}
    return _counted(tuple(known.values()), numbers)


def modes(rules: Rules) -> Iterator[str]:
    """The modes of training, with how many sessions were planned in each (C-7.2.2)."""
    return _counted(rules.training.modes, numbers_by(Session.objects.live(), "mode"))


def _counted(items: Items, numbers: Counter[str]) -> Iterator[str]:
    for item in items:
        yield _("%(name)s: %(number)d") % {"name": item, "number": numbers[item.key]}


def in_appraisal(rules: Rules) -> Iterator[str]:
    """Which figures of training count in which indicator (B-5.3.3)."""
    counted = {
        (indicator.label(), part.metric)
        for kpi_set in rules.kpi_sets
        for indicator in kpi_set.indicators
        for part in indicator.how
        if part.metric.startswith("training.")
    }
    for indicator, metric in sorted(counted):
        yield _("%(metric)s counts in “%(indicator)s”") % {
            "metric": metrics.get(metric).label,
            "indicator": indicator,
        }


NEXT_TRAINING = Reminder(
    "trainings",
    "training.next",
    lazy("next training after “{record}”"),
    lambda count: ngettext("%(count)s regular training", "%(count)s regular trainings", count),
)

compliance.add(
    Check(
        "training.internal_training",
        lazy("Internal training held regularly"),
        internal_training,
        clauses=("A-6.3.1", "B-5.2.1", "E8-3.3"),
        due=lazy("next one due"),
        done=lazy("held"),
        settings=("training.internal_every",),
        reads=("training.internal_every", "working_time"),
        reminder=NEXT_TRAINING,
    ),
    Check(
        "training.skills_training",
        lazy("Skills of the post trained regularly"),
        skills_training,
        clauses=("D-5.1.2a",),
        due=lazy("next one due"),
        done=lazy("held"),
        settings=("training.internal_every",),
        reads=("training.internal_every", "working_time"),
        reminder=NEXT_TRAINING,
    ),
    Check(
        "training.held_as_planned",
        lazy("Training held as planned"),
        held_as_planned,
        clauses=("A-6.4.3", "C-7.2.3"),
        due=lazy("planned"),
    ),
    Check(
        "training.attendance",
        lazy("Training attended"),
        attendance,
        clauses=("E7-4.3",),
        due=lazy("planned"),
        done=lazy("marked"),
    ),
    Check(
        "training.onboarding",
        lazy("New staff trained in time"),
        onboarding,
        clauses=("D-5.1.1b", "E8-3.2"),
        due=lazy("due"),
        done=lazy("attended"),
        settings=("training.onboarding",),
        reads=("training.onboarding", "training.onboarding_topics", "working_time"),
        reminder=Reminder(
            "trainings",
            "training.onboarding",
            lazy("training of {record}, who is new"),
            lambda count: ngettext(
                "%(count)s training of new staff", "%(count)s trainings of new staff", count
            ),
            cases=newcomers,
        ),
    ),
    Fact(
        "training.catalogue",
        catalogue,
        clauses=("A-6.2.1", "A-6.2.2", "A-6.2.3", "B-5.1.3"),
    ),
    Fact("training.modes", modes, clauses=("C-7.2.2", "D-5.1.2b")),
    Fact("training.in_appraisal", in_appraisal, clauses=("B-5.3.3",)),
    Screen(
        "training:course-list",
        lazy("Courses"),
        clauses=(
            "A-6.2.1",
            "A-6.2.2",
            "A-6.2.3",
            "B-5.1.3",
            "C-3.2.3",
            "C-8.2.2",
            "D-5.1.1a",
            "D-5.1.2a",
            "D-5.1.3a",
            "D-5.1.3b",
        ),
    ),
    Screen(
        "training:session-list",
        lazy("Training sessions"),
        clauses=(
            "A-6.3.1",
            "A-6.3.2",
            "A-6.4.3",
            "B-5.2.1",
            "B-5.2.2",
            "B-5.2.3",
            "C-3.2.3",
            "C-7.2.2",
            "C-7.2.3",
            "C-8.2.2",
            "D-5.1.1a",
            "D-5.1.1b",
            "D-5.1.2a",
            "D-5.1.2b",
            "D-5.1.3a",
            "E5-6",
            "E5-24",
            "E8-3.2",
            "E8-3.3",
            "E8-3.4",
            "E10-6a",
        ),
    ),
    Screen("training:enrolment-list", lazy("Enrolments"), clauses=("B-5.3.3", "E7-4.3")),
)
