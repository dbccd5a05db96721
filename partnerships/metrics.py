"""What partnerships offers to appraisal and reports (A-5.2.3)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.models import Communication, Visit
from expansion import clock, metrics, worktime
from expansion.metrics import Evidence, Metric, Reading
from expansion.rulebook.schema import Rules
from partnerships.models import Milestone, Partner, Project

ONE, HUNDRED, NOUGHT = Decimal(1), Decimal(100), Decimal(0)
CURRENCY = "CNY"
Readings = Mapping[int, Reading]
Gathered = dict[int, list[Evidence]]


def signed_projects(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """Projects whose contract was signed in the span; they count for the project's lead."""
    gathered: Gathered = defaultdict(list)
    for project in _signed(people, start, end):
        gathered[project.owner_id].append(
            Evidence(project, project.title, project.contract.signed_on, ONE)
        )
    return _summed(people, gathered)


def signed_amount(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """What these contracts are worth, in yuan (reading 57).

    One in another currency is shown and not counted: sums are never mixed.
    """
    gathered: Gathered = defaultdict(list)
    for project in _signed(people, start, end):
        contract = project.contract
        counted = contract.currency == CURRENCY
        gathered[project.owner_id].append(
            Evidence(
                project,
                project.title,
                contract.signed_on,
                contract.amount or NOUGHT,
                counted=counted,
                note="" if counted else _("in %(currency)s") % {"currency": contract.currency},
            )
        )
    return _summed(people, gathered)


def partners_in_touch(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """How steadily the own partners are kept informed (A-3.3.5c, A-5.2.3b), 0 to 100.

    The span is cut into stretches of `sla.partner_update`; a partner's value is the percentage of
    them with a visit or a call that reached somebody. Each partner counts from its first day on.
    """
    partners = list(
        Partner.objects.active()
        .filter(client__owner__in=people, since__lte=_last_day(end))
        .select_related("client")
    )
    talks = _talks([partner.client_id for partner in partners], start, end)
    gathered: Gathered = defaultdict(list)
    for partner in partners:
        days = talks[partner.client_id]
        spans = list(_stretches(partner, start, end, rules))
        if not spans:
            continue
        kept = sum(any(first <= day < after for day in days) for first, after in spans)
        gathered[partner.client.owner_id].append(
            Evidence(
                partner,
                partner.client.name,
                max(days, default=_last_day(end)),
                HUNDRED * kept / len(spans),
                note=_("%(kept)d of %(all)d stretches with contact")
                % {"kept": kept, "all": len(spans)},
            )
        )
    return {person: _mean(found) for person, found in gathered.items()}


def on_time_rate(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """The percentage of phases due in the span that were done by their day (A-5.2.3c).

    A phase counts for who answers for it; one whose day has not passed yet is shown only.
    """
    phases = (
        Milestone.objects.live()
        .exclude(project__status=Project.Status.CANCELLED)
        .filter(due_on__gte=clock.local_date(start), due_on__lte=_last_day(end))
        .select_related("project")
        .order_by("due_on", "pk")
    )
    wanted = {person.pk for person in people}
    gathered: Gathered = defaultdict(list)
    for phase in phases:
        if phase.answerable_id in wanted:
            gathered[phase.answerable_id].append(_phase(phase))
    return {person: _mean(found) for person, found in gathered.items()}


def milestones_done(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """Phases ticked off with a day of the span."""
    done = Milestone.objects.live().filter(
        done_on__gte=clock.local_date(start), done_on__lte=_last_day(end)
    )
    wanted = {person.pk for person in people}
    gathered: Gathered = defaultdict(list)
    for phase in done.select_related("project").order_by("done_on", "pk"):
        if phase.answerable_id in wanted:
            label = f"{phase.project.title} · {phase.title}"
            gathered[phase.answerable_id].append(Evidence(phase, label, phase.done_on, ONE))
    return _summed(people, gathered)


def _signed(people: Sequence[Any], start: datetime, end: datetime) -> Iterator[Project]:
    found = Project.objects.live().filter(
        owner__in=people,
        contract__deleted_at=None,
        contract__signed_on__gte=clock.local_date(start),
        contract__signed_on__lte=_last_day(end),
    )
    yield from found.select_related("contract").order_by("contract__signed_on", "pk")


def _phase(phase: Milestone) -> Evidence:
    label = f"{phase.project.title} · {phase.title}"
    if phase.done_on is None and phase.due_on >= clock.today():
        note = _("its day has not passed yet")
        return Evidence(phase, label, phase.due_on, NOUGHT, counted=False, note=note)
    in_time = phase.done_on is not None and phase.done_on <= phase.due_on
    return Evidence(phase, label, phase.due_on, HUNDRED if in_time else NOUGHT)


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


def _stretches(
    partner: Partner, start: datetime, end: datetime, rules: Rules
) -> Iterator[tuple[date, date]]:
    """The begun stretches of the span, each with its first day and the day after it."""
    limit = rules.sla.partner_update.value
    calendar = rules.working_time.as_calendar()
    first = max(clock.local_date(start), partner.since)
    stop = min(clock.local_date(end), clock.today() + timedelta(days=1))
    while first < stop:
        due = worktime.deadline(clock.moment_on(first, time()), limit, calendar)
        after = clock.local_date(due) + timedelta(days=1) if due else stop
        yield first, min(after, stop)
        first = after


def _last_day(end: datetime) -> date:
    return clock.local_date(end - timedelta(microseconds=1))


def _summed(people: Sequence[Any], gathered: Gathered) -> Readings:
    """The sum of what counts per person; nought where there is none."""
    return {
        person.pk: Reading(
            sum((one.value for one in gathered[person.pk] if one.counted), NOUGHT),
            tuple(gathered[person.pk]),
        )
        for person in people
    }


def _mean(found: Sequence[Evidence]) -> Reading:
    """The mean of what counts; no value where nothing does."""
    values = [one.value for one in found if one.counted]
    return Reading(sum(values, NOUGHT) / len(values) if values else None, tuple(found))


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
        "partnerships.milestones_done",
        lazy("Milestones done"),
        lazy("milestones"),
        milestones_done,
        clause="A-3.3.5a",
    ),
)
