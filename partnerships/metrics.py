"""What partnerships offers to appraisal and reports (A-5.2.3)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.models import Communication, Visit
from expansion import clock, metrics, worktime
from expansion.metrics import Evidence, Gathered, Metric, Readings, means, sums
from expansion.rulebook.schema import Rules
from partnerships.models import Milestone, Partner, Project

ONE, HUNDRED, NOUGHT = Decimal(1), Decimal(100), Decimal(0)
CURRENCY = "CNY"


def signed_projects(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """Projects whose contract was signed in the span; they count for the project's lead then."""
    gathered: Gathered = defaultdict(list)
    for owner, project, title, day, _amount, _currency in _signed(people, start, end):
        gathered[owner].append(Evidence(Project, project, title, day, ONE))
    return sums(people, gathered)


def signed_amount(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """What these contracts are worth, in yuan (reading 57).

    One in another currency is shown and not counted: sums are never mixed.
    """
    gathered: Gathered = defaultdict(list)
    for owner, project, title, day, amount, currency in _signed(people, start, end):
        counted = currency == CURRENCY
        note = "" if counted else _("in %(currency)s") % {"currency": currency}
        gathered[owner].append(
            Evidence(Project, project, title, day, amount or NOUGHT, counted, note)
        )
    return sums(people, gathered)


def completed_projects(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """Projects brought to their end in the span; they count for the project's lead (D-2.3.1a)."""
    done = Project.objects.live().filter(
        owner__in=people,
        status=Project.Status.DONE,
        ended_on__range=(clock.local_date(start), _last_day(end)),
    )
    gathered: Gathered = defaultdict(list)
    rows = done.order_by("ended_on", "pk").values_list("owner_id", "pk", "title", "ended_on")
    for owner, project, title, day in rows:
        gathered[owner].append(Evidence(Project, project, title, day, ONE))
    return sums(people, gathered)


def partners_in_touch(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """How steadily the own partners are kept informed (A-3.3.5c, A-5.2.3b), 0 to 100.

    The span is cut into stretches of `sla.partner_update`; a partner's value is the percentage of
    them with a visit or a call that reached somebody. Each partner counts from its first day on.
    """
    active = Partner.objects.active().filter(client__owner__in=people, since__lte=_last_day(end))
    partners = active.values_list("client__owner_id", "pk", "client_id", "client__name", "since")
    talks = _talks([client for _owner, _pk, client, _name, _since in partners], start, end)

    @cache
    def stretches(first: date) -> list[tuple[date, date]]:
        return list(_stretches(first, end, rules))

    gathered: Gathered = defaultdict(list)
    for owner, partner, client, name, since in partners:
        days, spans = talks[client], stretches(max(since, clock.local_date(start)))
        if not spans:
            continue
        kept = sum(any(first <= day < after for day in days) for first, after in spans)
        gathered[owner].append(
            Evidence(
                Partner,
                partner,
                name,
                max(days, default=_last_day(end)),
                HUNDRED * kept / len(spans),
                note=_("%(kept)d of %(all)d stretches with contact")
                % {"kept": kept, "all": len(spans)},
            )
        )
    return means(gathered)


def on_time_rate(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """The percentage of phases due in the span that were done by their day (A-5.2.3c).

    A phase counts for who answers for it; one whose day has not passed yet is shown only.
    """
    due = Milestone.objects.exclude(project__status=Project.Status.CANCELLED).filter(
        due_on__gte=clock.local_date(start), due_on__lte=_last_day(end)
    )
    today, waiting = clock.today(), _("its day has not passed yet")
    gathered: Gathered = defaultdict(list)
    for person, phase, label, due_on, done_on in _phases(due.order_by("due_on", "pk"), people):
        value = HUNDRED if done_on is not None and done_on <= due_on else NOUGHT
        gathered[person].append(
            Evidence(Milestone, phase, label, due_on, NOUGHT, False, waiting)
            if done_on is None and due_on >= today
            else Evidence(Milestone, phase, label, due_on, value)
        )
    return means(gathered)


def milestones_done(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """Phases ticked off with a day of the span."""
    done = Milestone.objects.filter(
        done_on__gte=clock.local_date(start), done_on__lte=_last_day(end)
    )
    gathered: Gathered = defaultdict(list)
    for person, phase, label, _due, done_on in _phases(done.order_by("done_on", "pk"), people):
        gathered[person].append(Evidence(Milestone, phase, label, done_on, ONE))
    return sums(people, gathered)


@metrics.shared
def _signed(
    people: Sequence[Any], start: datetime, end: datetime
) -> list[tuple[int, int, str, date, Decimal | None, str]]:
    """Lead when signed, project, title, the day of the contract, its amount and currency."""
    found = Project.objects.live().filter(
        signed_owner__in=people,
        contract__deleted_at=None,
        contract__signed_on__gte=clock.local_date(start),
        contract__signed_on__lte=_last_day(end),
    )
    contract = ("contract__signed_on", "contract__amount", "contract__currency")
    rows = found.order_by("contract__signed_on", "pk")
    return list(rows.values_list("signed_owner_id", "pk", "title", *contract))


def _phases(
    phases: QuerySet[Milestone], people: Sequence[Any]
) -> Iterator[tuple[int, int, str, date, date | None]]:
    """Who answered for it when it was done, or answers for it (its owner, else the project's lead),
    phase, label, due and done days."""
    open_ones = Q(owner__in=people) | Q(owner=None, project__owner__in=people)
    answerable = Q(done_owner__in=people) | Q(open_ones, done_owner=None)
    whose = Coalesce("done_owner_id", "owner_id", "project__owner_id")
    columns = ("pk", "project__title", "title", "due_on", "done_on")
    rows = phases.live().filter(answerable).values_list(whose, *columns)
    for person, phase, project, title, due_on, done_on in rows:
        yield person, phase, f"{project} · {title}", due_on, done_on


def _talks(clients: Sequence[int], start: datetime, end: datetime) -> dict[int, list[date]]:
    """The days with contact per client, in two queries."""
    days: dict[int, list[date]] = defaultdict(list)
    visits = Visit.objects.live().done().filter(client__in=clients)
    within = visits.filter(took_place_at__gte=start, took_place_at__lt=end)
    calls = Communication.objects.live().filter(client__in=clients, reached=True)
    for client, moment in [
        *within.values_list("client_id", "took_place_at"),
        *calls.filter(at__gte=start, at__lt=end).values_list("client_id", "at"),
    ]:
        days[client].append(clock.local_date(moment))
    return days


def _stretches(first: date, end: datetime, rules: Rules) -> Iterator[tuple[date, date]]:
    """The stretches begun from `first` to the span's end, each with the day after it."""
    limit = rules.sla.partner_update.value
    calendar = rules.working_time.as_calendar()
    stop = min(clock.local_date(end), clock.today() + timedelta(days=1))
    while first < stop:
        due = worktime.deadline(clock.moment_on(first, time()), limit, calendar)
        after = clock.local_date(due) + timedelta(days=1) if due else stop
        yield first, min(after, stop)
        first = after


def _last_day(end: datetime) -> date:
    return clock.local_date(end - timedelta(microseconds=1))


metrics.add(
    Metric(
        "partnerships.signed_projects",
        lazy("Signed projects"),
        lazy("projects"),
        signed_projects,
        clause="A-5.2.3a",
    ),
    Metric(
        "partnerships.signed_amount",
        lazy("Amount of signed projects"),
        lazy("yuan"),
        signed_amount,
        clause="A-5.2.3a",
    ),
    Metric(
        "partnerships.partners_in_touch",
        lazy("Partners kept in touch"),
        "%",
        partners_in_touch,
        clause="A-5.2.3b",
    ),
    Metric(
        "partnerships.on_time_rate",
        lazy("Milestones done on time"),
        "%",
        on_time_rate,
        clause="A-5.2.3c",
    ),
    Metric(
        "partnerships.completed_projects",
        lazy("Completed projects"),
        lazy("projects"),
        completed_projects,
        clause="D-2.3.1a",
    ),
    Metric("partnerships.sales", lazy("Sales reached"), "%", metrics.no_data, clause="D-3.3.1a"),
    Metric(
        "partnerships.footfall", lazy("Footfall reached"), "%", metrics.no_data, clause="D-3.3.1a"
    ),
    Metric(
        "partnerships.rent_collection",
        lazy("Rent collected"),
        "%",
        metrics.no_data,
        clause="D-3.3.1a",
    ),
    Metric(
        "partnerships.milestones_done",
        lazy("Milestones done"),
        lazy("milestones"),
        milestones_done,
        clause="A-3.3.5a",
    ),
)
