"""What training counts for the compliance board, in November 2026."""

from datetime import date, datetime, timedelta

import pytest

from expansion import clock, compliance
from expansion.compliance import BROKEN, KEPT, OPEN, Reach, Span
from expansion.people.models import Membership, Unit, User
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from tests.make import training as make
from training import compliance as room
from training import services
from training.models import Course, Session

pytestmark = pytest.mark.django_db
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
PLANTED = {
    "training.internal_training",
    "training.skills_training",
    "training.held_as_planned",
    "training.attendance",
    "training.onboarding",
}


def counted(key: str, *, of: User | None = None, rules=None) -> tuple[int, int, int]:
    """Kept, broken and running in November, of everybody or of one person."""
    units = frozenset(Unit.objects.values_list("pk", flat=True))
    people = frozenset(User.objects.values_list("pk", flat=True))
    reach = Reach(units, people, of.pk if of else None)
    check = compliance.checks()[f"training.{key}"]
    cases = check.cases(rules or rules_on(), check.clauses[0])
    found = cases.count(reach, NOVEMBER)
    month = NOVEMBER.first
    assert sum(cases.by_person(reach, NOVEMBER).values()) == sum(found.values())
    for state in (KEPT, BROKEN, OPEN):
        listed = cases.listed(reach, NOVEMBER, state, 50)
        assert len(listed) == found[month, state]
        assert all(str(one.record) and one.record.get_absolute_url() for one in listed)
    return found[month, KEPT], found[month, BROKEN], found[month, OPEN]


def held(cast, moment: datetime, **values) -> Session:
    """A session of that moment, attended by 许晴."""
    with clock.clock_at(moment):
        session = make.enrolling(cast.leader, hours_ahead=1, **values)
        seat = services.enrol(actor=cast.member, record=session)
    with clock.clock_at(moment + timedelta(hours=4)):
        return services.mark_attendance(
            actor=cast.leader, record=session, marks={seat.pk: "attended"}
        )


def test_internal_training_follows_within_three_months(cast):
    held(cast, datetime(2026, 8, 5, 9))
    held(cast, datetime(2026, 10, 20, 9))  # in time for 5 November
    assert counted("internal_training") == (1, 0, 0)
    assert counted("internal_training", of=cast.leader) == (1, 0, 0)
    assert counted("internal_training", of=cast.member) == (0, 0, 0)
    held(cast, datetime(2026, 10, 21, 9), mode="external")
    assert counted("internal_training") == (1, 0, 0)


def test_internal_training_that_does_not_follow_is_broken(cast):
    held(cast, datetime(2026, 8, 5, 9))
    assert counted("internal_training") == (0, 1, 0)


def test_training_is_missed_again_a_stretch_later(cast):
    held(cast, datetime(2026, 8, 25, 9))
    assert counted("internal_training") == (0, 0, 1)
    monthly = rules_on().with_changes({"training.internal_every": "1 month"})
    # Due on 25 September, on 25 October and on 25 November.
    assert counted("internal_training", rules=monthly) == (0, 0, 1)
    weekly = rules_on().with_changes({"training.internal_every": "7 days"})
    assert counted("internal_training", rules=weekly) == (0, 3, 1)


def test_skills_of_the_post_are_trained_in_any_mode(cast):
    held(cast, datetime(2026, 8, 5, 9), mode="external")
    held(cast, datetime(2026, 8, 6, 9))
    Course.objects.update(category="post_skills")
    assert counted("skills_training") == (1, 1, 0)  # the first was followed, the second was not
    held(cast, datetime(2026, 11, 4, 9), mode="external")
    Course.objects.update(category="post_skills")
    assert counted("skills_training") == (2, 0, 0)


def test_a_session_is_held_as_planned(cast):
    held(cast, datetime(2026, 11, 5, 9))
    with clock.clock_at(datetime(2026, 11, 9, 9)):
        make.enrolling(cast.leader, hours_ahead=1)
    make.session(cast.leader)
    off = make.session(cast.leader)
    services.cancel_session(actor=cast.leader, record=off, reason="讲师生病")
    assert counted("held_as_planned") == (1, 2, 1)


def test_who_is_enrolled_comes(cast):
    with clock.clock_at(datetime(2026, 11, 5, 9)):
        session = make.enrolling(cast.leader, hours_ahead=1)
        people = (cast.member, cast.colleague, cast.outsider, cast.partner_member)
        seats = [services.enrol(actor=one, record=session) for one in people]
    words = ("attended", "absent", "excused")
    marks = {seat.pk: word for seat, word in zip(seats, words, strict=False)}
    services.mark_attendance(actor=cast.leader, record=session, marks=marks)
    assert counted("attendance") == (1, 1, 1)
    assert counted("attendance", of=cast.colleague) == (0, 1, 0)


def test_the_new_are_trained_in_their_first_week(cast):
    rules = rules_on().with_changes({"training.onboarding": "7 days"})
    began = {cast.member: 2, cast.colleague: 3, cast.outsider: 16}
    for person, day in began.items():
        Membership.objects.filter(user=person).update(since=date(2026, 11, day))
    held(cast, datetime(2026, 11, 6, 9))
    Course.objects.update(category="onboarding")
    assert counted("onboarding", rules=rules) == (1, 1, 1)
    assert counted("onboarding") == (0, 0, 0)  # this regulation sets no limit


def test_who_changes_the_post_is_not_new(cast):
    rules = rules_on().with_changes({"training.onboarding": "7 days"})
    seat = Membership.objects.get(user=cast.member)
    Membership.objects.create(
        user=cast.member, unit=seat.unit, post=seat.post, since=date(2026, 11, 2)
    )
    assert counted("onboarding", rules=rules) == (0, 0, 0)


def test_the_facts_count_what_the_rulebook_lists(cast):
    assert list(room.catalogue(rules_on()))[0].endswith(": 0")
    assert list(room.modes(rules_on()))[0].endswith(": 0")
    make.session(cast.leader)
    assert list(room.catalogue(rules_on()))[0].endswith(": 1")
    assert list(room.modes(rules_on()))[0].endswith(": 1")


def test_the_facts_follow_the_regulation(cast):
    assert len(list(room.in_appraisal(preset("club")))) == 2 and not list(
        room.in_appraisal(rules_on())
    )
