"""What the office answers for: reports, agreements, handovers, statements, changes of staff."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, compliance
from expansion.compliance import (
    BROKEN,
    KEPT,
    OPEN,
    Check,
    Fact,
    Instance,
    Listed,
    Query,
    Reach,
    Screen,
    Span,
)
from expansion.office.models import Handover, IpRight, Nda, PersonnelChange, Statement, WorkReport
from expansion.office.selectors.confidence import expiring, lacking, staff
from expansion.people.compliance import unit_of
from expansion.people.models import Membership, Status, Unit
from expansion.rulebook.schema import Rules
from expansion.rulebook.templatetags.rules import value_words
from expansion.worktime import Period, PeriodKind

# Clauses that mean a report which names another clause of the same duty as its source.
MEANT = {"E4-8": {"progress"}, "E5-5": {"upward_briefing"}, "E11-2.3.1": {"progress"}}


def reports(rules: Rules, clause: str) -> Query:
    """Reports that the clause asks for: kept where handed in by their time.

    Who left before handing one in owes it no more.
    """
    meant = MEANT.get(clause, set())
    kinds = [one.key for one in rules.reports if one.cadence.clause == clause or one.key in meant]
    unfinished = Q(status__in=WorkReport.OPEN)
    owed = WorkReport.objects.filter(kind__in=kinds).filter(~unfinished | Q(owner__status="active"))
    return Query(
        owed.select_related("owner"),
        person="owner_id",
        due="due_at",
        done="submitted_at",
        kept=~unfinished & Q(late=False),
        open=unfinished & Q(due_at__gte=clock.now()),
    )


def agreements(rules: Rules, clause: str) -> Listed:
    """Each person of the department, month by month: kept where a signed agreement is valid on the
    last day of the month that the person works here; the running month until its end (E8-5.1)."""
    return Listed(_agreements if rules.documents.nda_required.value else lambda reach, span: ())


def _agreements(reach: Reach, span: Span) -> Iterator[Instance]:
    seats = list(_worked(reach, span))
    signed = defaultdict(list)
    for one in Nda.objects.live().filter(person__in={seat.user_id for seat in seats}):
        signed[one.person_id].append(one)
    for month in _months(span):
        for seat, last in _last_days(seats, month).values():
            day = min(last, clock.today())
            valid = [one for one in signed[seat.user_id] if _holds(one, day)]
            lacks = OPEN if last > day else BROKEN
            yield Instance(
                seat.user,
                seat.user_id,
                last,
                max((one.signed_on for one in valid), default=None),
                KEPT if valid else lacks,
            )


def _worked(reach: Reach, span: Span) -> QuerySet[Membership]:
    ended = Q(until=None) | Q(until__gte=span.first)
    held = Membership.objects.filter(reach.of("user", "unit"), ended, since__lte=span.last)
    works = Q(until__isnull=False) | Q(user__status=Status.ACTIVE)
    return held.filter(works).exclude(unit__kind=Unit.Kind.OUTSIDE).select_related("user")


def _months(span: Span) -> Iterator[Period]:
    month = Period.containing(PeriodKind.MONTH, span.first)
    while month.start <= min(span.last, clock.today()):
        yield month
        month = month.next()


def _last_days(seats: Iterable[Membership], month: Period) -> dict[int, tuple[Membership, date]]:
    """Who works here in the month, with the last day of it that they do."""
    found: dict[int, tuple[Membership, date]] = {}
    for seat in seats:
        last = min(seat.until or month.end, month.end)
        begun, known = seat.since <= month.end, found.get(seat.user_id)
        if begun and last >= month.start and (known is None or known[1] < last):
            found[seat.user_id] = seat, last
    return found


def _holds(nda: Nda, day: date) -> bool:
    return nda.signed_on <= day and (nda.until is None or nda.until >= day)


def handovers(rules: Rules, clause: str) -> Query:
    """Who leaves: kept where everything was handed over, back and checked by the last day, with
    the statement of secrecy where the duty goes on after leaving (A-4.4.4).

    A handover that was taken back has no case.
    """
    signed = Q(secrecy_signed_on__lte=F("last_day"))
    asks = rules.confidentiality.duty_after_leaving.value
    begun = Handover.objects.filter(undone_at=None).select_related("person")
    return Query(
        begun.annotate(
            checked_on=TruncDate("checked_at", tzinfo=clock.zone()), unit=unit_of("person_id")
        ),
        person="person_id",
        team="unit",
        due="last_day",
        done="checked_at",
        kept=Q(checked_on__lte=F("last_day")) & (signed if asks else Q()),
        open=Q(checked_on=None, last_day__gte=clock.today()),
    )


def statements(rules: Rules, clause: str) -> Query:
    """What was said outside: kept where it was approved by the day of its release (E8-5.3)."""
    released = Statement.objects.filter(status=Statement.Status.RELEASED)
    return Query(
        released.annotate(approved_on=TruncDate("approved_at", tzinfo=clock.zone())),
        person="owner_id",
        due="released_on",
        done="approved_at",
        kept=Q(approved_on__lte=F("released_on")),
    )


def changes(rules: Rules, clause: str) -> Query:
    """Hires, moves and dismissals that the chain has approved: kept where they took effect on their
    day (E5-18). What is still being decided is nobody's to count: it is known to few."""
    settled = PersonnelChange.objects.filter(status__in=PersonnelChange.SETTLED)
    return Query(
        settled.select_related("person").annotate(
            effected_on=TruncDate("effective_at", tzinfo=clock.zone())
        ),
        person="owner_id",
        due="effective_on",
        done="effective_at",
        kept=Q(effected_on__lte=F("effective_on")),
        open=Q(effective_at=None, effective_on__gte=clock.today()),
    )


def signed(rules: Rules) -> Iterator[str]:
    """How many of the department have signed, where the rulebook asks for it (E8-5.1)."""
    asked = rules.documents.nda_required.value
    yield _("Confidentiality agreement required: %(answer)s") % {"answer": value_words(asked)}
    if asked:
        everybody = len(staff(clock.today()))
        valid = everybody - len(lacking(clock.today(), rules))
        words = {"count": valid, "all": everybody}
        yield _("%(count)s of %(all)s people have a valid agreement") % words


def secrecy_after_leaving(rules: Rules) -> Iterator[str]:
    """Whether secrecy goes on after leaving, by the rulebook and by what was signed (B-7.3.3)."""
    asked = rules.confidentiality.duty_after_leaving.value
    yield _("Secrecy goes on after leaving: %(answer)s") % {"answer": value_words(asked)}
    valid = Nda.objects.valid_on(clock.today()).values_list("survives_leaving", flat=True)
    words = {"count": sum(valid), "all": len(valid)}
    yield _("%(count)s of %(all)s valid agreements go on after leaving") % words


def ip_register(rules: Rules) -> Iterator[str]:
    """The rights in the register by their kind, those expired and those that expire soon."""
    rows = list(IpRight.objects.live())
    counts, today = Counter(one.kind for one in rows), clock.today()
    for kind in rules.documents.ip_kinds:
        yield _("%(kind)s: %(count)s") % {"kind": kind.label(), "count": counts[kind.key]}
    expired = sum(one.expires_on is not None and one.expires_on < today for one in rows)
    words = {"expired": expired, "soon": expiring(rules).count()}
    yield _("%(expired)s have expired, %(soon)s expire soon") % words


REPORTS = ("A-2.2.1b", "A-4.1.3", "C-3.4.3", "D-2.2.1d", "E1-12", "E4-8", "E5-5", "E6-3.4")

compliance.add(
    Check(
        "office.reports",
        lazy("Reports handed in in time"),
        reports,
        clauses=REPORTS,
        due=lazy("due"),
        done=lazy("handed in"),
        by_clause=True,
    ),
    Check(
        "office.agreements",
        lazy("Confidentiality agreement of each person"),
        agreements,
        clauses=("E8-5.1",),
        due=lazy("valid on"),
        done=lazy("signed"),
        settings=("documents.nda_required",),
        reads=("documents.nda_required",),
    ),
    Check(
        "office.handovers",
        lazy("Handovers done by the last day"),
        handovers,
        clauses=("A-4.4.4",),
        due=lazy("last day"),
        done=lazy("checked"),
        settings=("documents.handover_on_leaving", "confidentiality.duty_after_leaving"),
        reads=("confidentiality.duty_after_leaving",),
    ),
    Check(
        "office.statements",
        lazy("External statements approved before their release"),
        statements,
        clauses=("E8-5.3",),
        due=lazy("released"),
        done=lazy("approved"),
        settings=("approvals.external_statement.chain",),
    ),
    Check(
        "office.changes",
        lazy("Changes of staff decided and in effect on their day"),
        changes,
        clauses=("E5-18",),
        due=lazy("effective on"),
        done=lazy("took effect"),
        settings=("approvals.personnel_change.chain", "approvals.dismissal.chain"),
    ),
    Fact("office.signed", signed, ("E8-5.1",)),
    Fact("office.secrecy_after_leaving", secrecy_after_leaving, ("A-4.4.4", "B-7.3.3")),
    Fact("office.ip_register", ip_register, ("E8-5.2",)),
    Screen("office:report-list", lazy("Reports"), REPORTS),
    Screen("home:overview", lazy("Overview"), ("A-2.2.1c", "E6-3.4")),
    Screen("office:nda-list", lazy("Confidentiality agreements"), ("B-7.3.3", "E8-5.1")),
    Screen("office:handover-list", lazy("Handovers"), ("A-4.4.4", "B-7.3.3")),
    Screen("office:statement-list", lazy("External statements"), ("E8-5.3",)),
    Screen("office:right-list", lazy("Intellectual property"), ("E8-5.2",)),
    Screen("office:matter-list", lazy("Public relations"), ("E9-3.1i",)),
    Screen("office:opening-list", lazy("Openings"), ("C-2.4.1", "E7-4.2", "E8-3.1")),
    Screen("office:candidate-list", lazy("Candidates"), ("E3-4.1",)),
    Screen("office:change-list", lazy("Changes of staff"), ("E5-18", "E6-3.3", "E7-4.1")),
)
