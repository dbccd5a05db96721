"""What the client desk shows in the overview: the funnel, contracts that end, late visit records,
and its columns of the teams' table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import metrics, pipelines
from crm.funnel import Sums as Stages
from crm.funnel import counted, sums_label, sums_of
from crm.models import Client, Contract, Lead, Obligation, Opportunity, Visit
from crm.tables import label_in
from expansion import access, clock, offers
from expansion.metrics import shared
from expansion.offers import Kept, Purview, Sums
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import offered
from expansion.rulebook.work import Pipeline

ENDING_WITHIN = 45  # days ahead
MOST_ENDING = 4
Numbers = dict[int, Any]


def funnel(person: Any, purview: Purview) -> dict[str, Any] | None:
    """Open opportunities of the units overseen by stage, those of stages no longer listed too.

    Where they walk several pipelines, each of these is a group of its own.
    """
    if not access.can(person, "view", Opportunity):
        return None
    visible = access.visible_to(person, Opportunity.objects.live().open())
    sums = sums_of(visible.filter(client__team__in=purview.units))
    listed = {one.key: one for one in pipelines.walked()}
    ways = [*listed, *(key for key in sums if key not in listed)]
    groups = [
        {
            "label": label_in(listed.values(), key) if len(ways) > 1 else "",
            "rows": list(_rows(key, listed.get(key), sums.get(key, {}))),
        }
        for key in ways
    ]
    return {
        "groups": groups,
        "count": sum(counted(one) for one in sums.values()),
        "most": max((row["count"] for group in groups for row in group["rows"]), default=0),
        "amounts": sums_label(*sums.values()),
        "may_export": access.can(person, "export", Opportunity),
    }


def _rows(key: str, pipeline: Pipeline | None, sums: Stages) -> Iterator[dict[str, Any]]:
    stages = pipeline.stages if pipeline else ()
    listed = [stage.key for stage in offered(stages)]
    of_one = {"pipeline": key} if pipelines.several() else {}
    for stage in [*(one for one in sums if one not in listed), *listed]:
        query = urlencode({"view": "open", **of_one, "stage": stage})
        yield {
            "label": label_in(stages, stage),
            "count": sums.get(stage, (0, {}))[0],
            "amounts": sums_label({stage: sums[stage]}) if stage in sums else "",
            "url": f"{reverse('crm:opportunity-list')}?{query}",
        }


def ending(person: Any, purview: Purview) -> dict[str, Any] | None:
    """Signed contracts that end soon: what of them is overdue, else how far the next one is."""
    if not access.can(person, "view", Contract):
        return None
    today = clock.today()
    last = today + timedelta(days=ENDING_WITHIN)
    records = Contract.objects.live().signed().filter(ends_on__range=(today, last))
    seen = access.visible_to(person, records).filter(client__team__in=purview.units)
    found = list(with_next(seen).select_related("client").order_by("ends_on", "pk"))
    rows = [{"contract": one, "state": _state(one)} for one in found[:MOST_ENDING]]
    return {"rows": rows, "total": len(found), "days": ENDING_WITHIN}


def with_next(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Each with `next_status`, how far the client's next contract of that kind is, and `overdue`,
    how many obligations of it are past their date."""
    following = (
        Contract.objects.live()
        .filter(client=OuterRef("client"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
        .filter(Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")))
        .exclude(status=Contract.Status.REJECTED)
        .order_by("-pk")
    )
    overdue = Obligation.objects.overdue(clock.today()).filter(contract=OuterRef("pk"))
    counted = overdue.order_by().values("contract").annotate(many=Count("pk")).values("many")
    return contracts.annotate(
        next_status=Subquery(following.values("status")[:1]),
        overdue=Coalesce(Subquery(counted), 0),
    )


NEXT = {
    Contract.Status.DRAFT: ("info", gettext_lazy("renewal drafted")),
    Contract.Status.RETURNED: ("due", gettext_lazy("renewal returned")),
    Contract.Status.IN_APPROVAL: ("due", gettext_lazy("renewal in approval")),
    Contract.Status.APPROVED: ("info", gettext_lazy("renewal approved, to be signed")),
    Contract.Status.SIGNED: ("done", gettext_lazy("renewed")),
}


def _state(contract: Any) -> tuple[str, Any]:
    """What is owed and overdue goes before the state of the renewal."""
    if contract.overdue:
        many = contract.overdue
        words = ngettext("%(many)d obligation overdue", "%(many)d obligations overdue", many)
        return "late", words % {"many": many}
    if contract.next_status is None:
        return "late", _("renewal not begun")
    return NEXT[Contract.Status(contract.next_status)]


def late_records(person: Any, purview: Purview, most: int | None) -> Iterator[offers.Late]:
    """Visits whose record is past its due date (A-3.2.4c)."""
    seen = access.visible_to(person, Visit.objects.live().overdue(clock.now()))
    rows = seen.filter(visitor__in=purview.ids, client__team__in=purview.units)
    for visit in rows.select_related("client", "visitor").order_by("due_at", "pk")[:most]:
        yield offers.Late(
            record=visit,
            person=visit.visitor,
            what=lazy(lambda visit: visit.record_title, str)(visit),
            due=visit.due_at,
            url=visit.get_absolute_url(),
            act_url=f"{visit.get_absolute_url()}/record",
        )


def reviews_visits(person: Any) -> bool:
    return access.can(person, "review", Visit)


def visits(people: Iterable[Any], start: datetime, end: datetime) -> Numbers:
    """Recorded visits that took place in the span."""
    found = records_in_time(list(people), start, end)
    return {visitor: records.of for visitor, records in found.items()}


@shared
def records_in_time(people: Sequence[Any], start: datetime, end: datetime) -> Numbers:
    """How many recorded visits took place in the span, and how many were recorded in time."""
    found = metrics.recorded_visits(people, start, end).order_by().values("visitor")
    rows = found.annotate(kept=Count("pk", filter=Q(late=False)), whole=Count("pk"))
    return {row["visitor"]: Kept(row["kept"], row["whole"]) for row in rows}


def leads(people: Iterable[Any], start: datetime, end: datetime) -> Numbers:
    """Leads that became effective in the span."""
    span = (clock.local_date(start), metrics.last_day(end))
    found = Lead.objects.live().filter(effective_owner__in=list(people)).effective_in(*span)
    counted = found.order_by().values("effective_owner").annotate(value=Count("pk"))
    return _by(counted, "effective_owner")


def new_clients(people: Iterable[Any], start: datetime, end: datetime) -> Numbers:
    """Clients whose first contract was signed in the span, as the appraisal counts them."""
    found = metrics.first_contracts(list(people), start, end, rules_on())
    counted = found.order_by().values("signed_owner").annotate(value=Count("pk"))
    return _by(counted, "signed_owner")


def signed_amounts(people: Iterable[Any], start: datetime, end: datetime) -> Numbers:
    """What the contracts signed in the span come to, per currency."""
    days = (clock.local_date(start), metrics.last_day(end))
    signed = Contract.objects.live().signed_in(*days).filter(signed_owner__in=list(people))
    rows = signed.filter(amount__isnull=False).order_by()
    sums: dict[int, Sums] = {}
    for row in rows.values("signed_owner", "currency").annotate(total=Sum("amount")):
        one = Sums(((row["currency"], row["total"]),))
        sums[row["signed_owner"]] = sums.get(row["signed_owner"], Sums()) + one
    return sums


def _by(rows: Iterable[dict[str, Any]], column: str) -> Numbers:
    return {row[column]: row["value"] for row in rows}


def listed(route: str, model: type, column: str) -> Callable[[Any, Iterable[int]], str]:
    """The list of this quarter narrowed to one person; the lists know no choice of several."""

    def url(person: Any, ids: Iterable[int]) -> str:
        ids = list(ids)
        if len(ids) != 1 or not access.can(person, "view", model):
            return ""
        return f"{reverse(route)}?{urlencode({'view': 'quarter', column: ids[0]})}"

    return url


visits_url = listed("crm:visit-list", Visit, "visitor")
offers.add(
    offers.Insight("crm.funnel", 30, "crm/_funnel.html", funnel),
    offers.Insight("crm.ending", 40, "crm/_ending.html", ending),
    offers.LateSource(
        "crm.records", gettext_lazy("visit records"), 20, late_records, reviews_visits
    ),
    offers.TeamColumn("crm.visits", gettext_lazy("Visits"), 10, visits, Visit, url=visits_url),
    offers.TeamColumn(
        "crm.leads",
        gettext_lazy("Effective leads"),
        20,
        leads,
        Lead,
        url=listed("crm:lead-list", Lead, "effective_owner"),
    ),
    offers.TeamColumn("crm.new_clients", gettext_lazy("New clients"), 30, new_clients, Client),
    offers.TeamColumn(
        "crm.signed",
        gettext_lazy("Amount signed"),
        40,
        signed_amounts,
        Contract,
        nothing=Sums(),
        url=listed("crm:contract-list", Contract, "signed_owner"),
    ),
    offers.TeamColumn(
        "crm.records",
        gettext_lazy("Records in time"),
        60,
        records_in_time,
        Visit,
        nothing=Kept(),
        url=visits_url,
    ),
)
