"""Reads over major matters and bottom lines."""

from typing import Any

from django.db.models import Q, QuerySet

from crm.authority import Deal, Matter, decides, needs_leadership, obstacles
from crm.models import BottomLine, Client, Contract, Escalation, Opportunity
from expansion import access
from expansion.rulebook.schema import Rules

WITH_RECORD = ("client", "opportunity", "contract", "owner", "team", "decider")


def waiting_for(person: Any) -> list[Escalation]:
    """The open matters that this person decides, the longest waiting first."""
    named = {seat.acting_for or person.pk for seat in person.seats}
    roles = {seat.role for seat in person.seats}
    theirs = Q(decider__in=named) | Q(decider=None, role__in=sorted(roles))
    found = Escalation.objects.live().open().filter(theirs).select_related(*WITH_RECORD)
    return [one for one in found.order_by("opened_at", "pk") if decides(person, one) is not None]


def open_matters(person: Any, record: Matter) -> list[dict[str, Any]]:
    """The open matters on a record's page, with whether this person decides them."""
    found = Escalation.objects.open().over(record).select_related(*WITH_RECORD)
    if not isinstance(record, Client):
        found = access.visible_to(person, found)  # a contract's decider may not see the client
    return [{"matter": one, "may_decide": decides(person, one) is not None} for one in found]


def lines_seen(person: Any, deal: Deal) -> QuerySet[BottomLine]:
    """The bottom lines a deal is held against, as far as they are this person's to see."""
    lines = access.visible_to(person, BottomLine.objects.select_related("opportunity"))
    if isinstance(deal, Opportunity):
        return lines.filter(opportunity=deal)
    talked_about = Opportunity.objects.live().open().filter(client=deal.client_id)
    return lines.filter(opportunity__in=talked_about.order_by().values("pk"))


def authority_of(person: Any, deal: Deal, action: str, rules: Rules) -> dict[str, Any]:
    """What the deal's page shows of major matters, limits and the bottom line."""
    may_set = isinstance(deal, Opportunity) and deal.is_open
    may_set = may_set and access.can(person, "create", BottomLine(opportunity=deal))
    lines = list(lines_seen(person, deal))
    closing = _is_closing(deal) and access.can(person, action, deal)
    refused, missing = obstacles(person, action, deal, rules) if closing else ("", "")
    return {
        "matters": open_matters(person, deal),
        "needs_leadership": needs_leadership(deal, rules),
        "lines": lines,
        "may_set_line": not lines and may_set,
        "refused": refused,
        "missing": missing,
    }


def _is_closing(deal: Deal) -> bool:
    """Whether it can be signed or closed as it stands, if nothing is in the way."""
    return deal.status in (Contract.Status.APPROVED, Opportunity.Status.OPEN)
