"""What the client desk offers to appraisal and reports (A-5.2.2, R-crm-02, R-crm-09)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from crm.models import Client, Communication, Contract, Lead, Visit
from expansion import clock, metrics
from expansion.metrics import Evidence, Gathered, Metric, Readings, means, sums
from expansion.rulebook.schema import Rules
from expansion.surveys.models import Questionnaire
from expansion.surveys.selectors import scores_of

ONE, HUNDRED, NOUGHT, TOP = Decimal(1), Decimal(100), Decimal(0), Decimal(5)
CURRENCY = "CNY"


def new_clients(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """Clients whose first contract was signed in the span; they count for its owner of that day."""
    gathered: Gathered = defaultdict(list)
    for owner, client, name, day, _size, _spending in _first_contracts(people, start, end, rules):
        gathered[owner].append(Evidence(Client, client, name, day, ONE))
    return sums(people, gathered)


def new_client_quality(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """The mean quality of the new clients, 0 to 100: size and spending potential, half each.

    A client that nobody rated is shown and not counted (reading 28).
    """
    gathered: Gathered = defaultdict(list)
    unrated = _("size or spending potential is not rated")
    for owner, client, name, day, size, spending in _first_contracts(people, start, end, rules):
        gathered[owner].append(
            Evidence(Client, client, name, day, _quality(size, spending))
            if size and spending
            else Evidence(Client, client, name, day, NOUGHT, False, unrated)
        )
    return means(gathered)


def repeat_rate(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """Of the clients under contract by the span's end, the percentage with a second contract.

    Each contract counts for its owner of the day on which it was signed.
    """
    contracts = Contract.objects.live().signed().filter(signed_owner__in=people)
    until = contracts.filter(signed_on__lte=last_day(end))
    held = until.values_list("signed_owner_id", "client_id", "client__name").annotate(
        latest=Max("signed_on"), number=Count("pk")
    )
    gathered: Gathered = defaultdict(list)
    for owner, client, name, latest, number in held.order_by("latest", "client_id"):
        value = HUNDRED if number > 1 else NOUGHT
        gathered[owner].append(Evidence(Client, client, name, latest, value))
    return means(gathered)


def signed_amount(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """What the contracts signed in the span are worth, in yuan (D-2.3.1c, E7-5.1).

    They count for their owner of that day. One without an amount or in another currency is shown
    and not counted: sums are never mixed.
    """
    contracts = Contract.objects.live().signed_in(clock.local_date(start), last_day(end))
    columns = ("signed_owner_id", "pk", "title", "signed_on", "amount", "currency")
    gathered: Gathered = defaultdict(list)
    for owner, contract, title, day, amount, currency in (
        contracts.filter(signed_owner__in=people).order_by("signed_on", "pk").values_list(*columns)
    ):
        note = _uncounted(amount, currency)
        gathered[owner].append(
            Evidence(Contract, contract, title, day, amount or NOUGHT, not note, note)
        )
    return sums(people, gathered)


def _uncounted(amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return _("without an amount")
    return "" if currency == CURRENCY else _("in %(currency)s") % {"currency": currency}


def satisfaction(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """How satisfied their clients are, on the scale of the rules (A-5.2.2b, D-2.3.1d).

    The mean of the questionnaires closed in the span; one that too few of a person's clients have
    answered is shown and not counted, and no single answer ever is.
    """
    gathered: Gathered = defaultdict(list)
    top = Decimal(rules.surveys.scale.value)
    for one in scores_of(people, start, end):
        day = clock.local_date(one.on)
        gathered[one.owner].append(
            Evidence(Questionnaire, one.questionnaire, one.title, day, one.value * top / HUNDRED)
            if one.value is not None
            else Evidence(
                Questionnaire, one.questionnaire, one.title, day, NOUGHT, False, _few(one.least)
            )
        )
    return means(gathered)


def _few(least: int) -> str:
    return _("fewer than %(least)d answers") % {"least": least}


def visits(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """Recorded visits that took place in the span."""
    gathered: Gathered = defaultdict(list)
    for visitor, visit, name, day, _late in _visits(people, start, end):
        gathered[visitor].append(Evidence(Visit, visit, name, day, ONE))
    return sums(people, gathered)


def visit_timeliness(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """The percentage of visits whose record came in time (A-3.2.4c)."""
    gathered: Gathered = defaultdict(list)
    for visitor, visit, name, day, late in _visits(people, start, end):
        gathered[visitor].append(Evidence(Visit, visit, name, day, NOUGHT if late else HUNDRED))
    return means(gathered)


def communications(people: Sequence[Any], start: datetime, end: datetime, rules: Rules) -> Readings:
    """Calls, mails and messages of the span."""
    records = Communication.objects.live().filter(by__in=people, at__gte=start, at__lt=end)
    gathered: Gathered = defaultdict(list)
    for by, record, name, at in records.values_list("by_id", "pk", "client__name", "at"):
        day = clock.local_date(at)
        gathered[by].append(Evidence(Communication, record, name, day, ONE))
    return sums(people, gathered)


def effective_leads(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> Readings:
    """Leads that became effective in the span, for their owner of that day (E11-2.3.2)."""
    leads = Lead.objects.live().filter(effective_owner__in=people)
    effective = leads.effective_in(clock.local_date(start), last_day(end))
    gathered: Gathered = defaultdict(list)
    rows = effective.values_list("effective_owner_id", "pk", "title", "effective_on")
    for owner, lead, title, day in rows:
        gathered[owner].append(Evidence(Lead, lead, title, day, ONE))
    return sums(people, gathered)


def first_contracts(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> QuerySet[Contract]:
    """First contracts of their clients, signed in the span while these people held them.

    Where the rulebook counts from the first purchase, none: purchases are not kept here.
    """
    if rules.crm.new_client_counts_from.value != "first_contract":
        return Contract.objects.none()
    signed = Contract.objects.live().signed()
    earlier = signed.filter(client=OuterRef("client")).filter(
        Q(signed_on__lt=OuterRef("signed_on"))
        | Q(signed_on=OuterRef("signed_on"), pk__lt=OuterRef("pk"))
    )
    within = Contract.objects.live().signed_in(clock.local_date(start), last_day(end))
    first = within.filter(~Exists(earlier), signed_owner__in=people)
    return first.select_related("client").order_by("signed_on", "pk")


def recorded_visits(people: Sequence[Any], start: datetime, end: datetime) -> QuerySet[Visit]:
    within = Visit.objects.live().done_in(start, end).filter(visitor__in=people)
    return within.select_related("client").order_by(F("took_place_at"), "pk")


@metrics.shared
def _first_contracts(
    people: Sequence[Any], start: datetime, end: datetime, rules: Rules
) -> list[tuple[int, int, str, date, int | None, int | None]]:
    """Owner when signed, client, its name, the day, and both ratings of the client."""
    columns = ("signed_owner_id", "client_id", "client__name", "signed_on")
    ratings = ("client__size_rating", "client__spending_rating")
    return list(first_contracts(people, start, end, rules).values_list(*columns, *ratings))


@metrics.shared
def _visits(
    people: Sequence[Any], start: datetime, end: datetime
) -> list[tuple[int, int, str, date, bool]]:
    """Visitor, visit, the client's name, the day, and whether the record came late."""
    found = recorded_visits(people, start, end).values_list(
        "visitor_id", "pk", "client__name", "took_place_at", "late"
    )
    return [(by, pk, name, clock.local_date(at), late) for by, pk, name, at, late in found]


def last_day(end: datetime) -> date:
    return clock.local_date(end - timedelta(microseconds=1))


@cache
def _quality(size: int, spending: int) -> Decimal:
    return (Decimal(size) + Decimal(spending)) / 2 / TOP * HUNDRED


metrics.add(
    Metric(
        "crm.new_clients",
        lazy("New clients"),
        pgettext_lazy("unit", "clients"),
        new_clients,
        clause="A-5.2.2a",
    ),
    Metric(
        "crm.new_client_quality",
        lazy("Quality of new clients"),
        lazy("points"),
        new_client_quality,
        clause="A-5.2.2a",
    ),
    Metric(
        "crm.satisfaction",
        lazy("Satisfaction"),
        lazy("points"),
        satisfaction,
        clause="A-5.2.2b",
    ),
    Metric(
        "crm.signed_amount",
        lazy("Amount of signed contracts"),
        lazy("yuan"),
        signed_amount,
        clause="D-2.3.1c",
    ),
    Metric(
        "crm.sales_target", lazy("Sales target reached"), "%", metrics.no_data, clause="C-3.1.2"
    ),
    Metric(
        "crm.complaint_timeliness",
        lazy("Complaints handled in time"),
        "%",
        metrics.no_data,
        clause="D-3.3.1d",
    ),
    Metric(
        "crm.event_effect",
        lazy("Effect of events"),
        lazy("points"),
        metrics.no_data,
        clause="D-3.3.1c",
    ),
    Metric("crm.market_share", lazy("Market share"), "%", metrics.no_data, clause="E10-2b"),
    Metric("crm.repeat_rate", lazy("Repeat purchases"), "%", repeat_rate, clause="A-5.2.2c"),
    Metric("crm.visits", lazy("Visits"), lazy("visits"), visits, clause="A-3.2.4a"),
    Metric(
        "crm.visit_timeliness",
        lazy("Visit records in time"),
        "%",
        visit_timeliness,
        clause="A-3.2.4c",
    ),
    Metric(
        "crm.communications",
        lazy("Calls and messages"),
        lazy("records"),
        communications,
        clause="A-3.2.3a",
    ),
    Metric(
        "crm.effective_leads",
        lazy("Effective leads"),
        lazy("leads"),
        effective_leads,
        clause="E11-2.3.2",
    ),
)
