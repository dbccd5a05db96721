"""Major matters and bottom lines: whose they are, and whether they were kept."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.authority import CONDITIONS
from crm.models import Escalation, Opportunity
from expansion import compliance
from expansion.compliance import Check, Fact, Query, Screen
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Parameter
from expansion.ui import formats

CLAUSES = ("A-2.2.1d", "B-2.2.1d", "E9-3.1d", "E9-3.1e")


def bottom_lines(rules: Rules, clause: str) -> Query:
    """Deals that were won with a bottom line: kept where they stayed above it, or where whoever
    decides over major matters had decided before (E9-3.1e)."""
    price = Q(amount__gte=F("bottom_line__price"), currency=F("bottom_line__currency"))
    decided = Escalation.objects.filter(
        opportunity=OuterRef("pk"),
        decided_at__lte=OuterRef("closed_at"),
        triggers__icontains=f'"{CONDITIONS}"',
    )
    won = Opportunity.objects.live().filter(status=Opportunity.Status.WON)
    return Query(
        won.exclude(bottom_line=None).select_related("client"),
        person="owner_id",
        due="closed_at",
        done="closed_at",
        kept=Q(bottom_line__price=None) | price | Q(Exists(decided)),
    )


def matters(rules: Rules) -> Iterator[str]:
    """How many matters have become major, and what was decided over them."""
    found = Escalation.objects.live().order_by().values_list("outcome")
    numbers = dict(found.annotate(number=Count("pk")))
    waiting = numbers.get("", 0)
    words = ngettext(
        "%(count)d major matter waits for a decision",
        "%(count)d major matters wait for a decision",
        waiting,
    )
    yield words % {"count": waiting}
    for outcome in Escalation.Outcome:
        said = {"outcome": outcome.label, "count": numbers.get(outcome.value, 0)}
        yield gettext("%(outcome)s: %(count)d") % said


def limits(rules: Rules) -> Iterator[str]:
    """Up to which amount member, leader and manager decide."""
    ours = rules.authority
    lines: tuple[tuple[Any, Parameter[Any]], ...] = (
        (_("A member decides up to"), ours.member_limit),
        (_("A team leader decides up to"), ours.leader_limit),
        (_("The manager decides up to"), ours.manager_limit),
    )
    for label, limit in lines:
        amount = gettext("any amount") if limit.value is None else formats.money(limit.value)
        yield f"{label}{gettext(': ')}{amount}"


compliance.add(
    Check(
        "crm.bottom_lines",
        _("Deals won above their bottom line"),
        bottom_lines,
        clauses=("E9-3.1e",),
        due=_("won"),
        done=_("won"),
    ),
    Fact("crm.major_matters", matters, CLAUSES),
    Fact("crm.limits", limits, CLAUSES),
    Screen("crm:escalation-list", _("Major matters"), CLAUSES),
)
