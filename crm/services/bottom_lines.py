"""Writes over the bottom line of a deal (R-exp-06, E9-3.1e)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.authority import CONDITIONS, undercuts
from crm.models import BottomLine, Client, Opportunity
from crm.services.escalations import escalate
from expansion import access
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules

FIELDS = ("price", "currency", "term_months", "share", "note")
VALUES = ("price", "term_months", "share")


@transaction.atomic
def set_bottom_line(
    *, actor: User, opportunity: Opportunity, rules: Rules | None = None, **values: Any
) -> BottomLine:
    """Says what an opportunity must not fall below; a deal that lies there already is escalated.

    Raises:
        Forbidden: only who negotiates it and the manager do.
        NotNow: it has one already, or is closed.
        Invalid: none of its values is given, or one does not hold.
    """
    deal = _held(opportunity)
    line = BottomLine(opportunity=deal, set_by=actor, **values)
    access.require(actor, "create", line)
    _require_open(deal)
    if BottomLine.objects.filter(opportunity=deal).exists():
        raise NotNow(_("This opportunity has a bottom line already. Change that one."))
    _check(line)
    line.save()
    changes = differences({}, {name: getattr(line, name) for name in FIELDS})
    write(actor=actor, verb="crm.bottomline.set", about=line, changes=changes)
    _watch(actor, deal, line, rules)
    return line


@transaction.atomic
def change_bottom_line(
    *,
    actor: User,
    record: BottomLine,
    rules: Rules | None = None,
    version: int | None = None,
    **values: Any,
) -> BottomLine:
    """Changes what an opportunity must not fall below.

    Raises:
        Forbidden: only who negotiates it and the manager do.
        Stale: somebody has changed it since `version`.
        NotNow: the opportunity is closed.
        Invalid: none of its values is left, or one does not hold.
    """
    access.require(actor, "edit", record)
    deal = _held(record.opportunity)
    _require_open(deal)
    line = lock(BottomLine.objects.all(), record.pk, version=version)
    line.opportunity = deal
    before, was_below = snapshot(line, FIELDS), undercuts(deal, line)
    for name in FIELDS:
        setattr(line, name, values.get(name, getattr(line, name)))
    _check(line)
    line.set_by = actor
    line.version += 1
    line.save()
    changes = differences(before, snapshot(line, FIELDS))
    write(actor=actor, verb="crm.bottomline.changed", about=line, changes=changes)
    if not was_below:
        _watch(actor, deal, line, rules)
    return line


def _held(record: Opportunity) -> Opportunity:
    """The opportunity, after its client: everybody takes the two in this order."""
    client = lock(Client.objects.live(), record.client_id)
    deal = lock(Opportunity.objects.live(), record.pk)
    deal.client = client
    return deal


def _require_open(deal: Opportunity) -> None:
    """What a closed deal was held against stays as it was."""
    if not deal.is_open:
        raise NotNow(_("This opportunity is closed; its bottom line stays as it was."))


def _watch(actor: User, deal: Opportunity, line: BottomLine, rules: Rules | None) -> None:
    """A deal that now lies below is put forward."""
    anew = {CONDITIONS} if undercuts(deal, line) else set()
    escalate(actor=actor, record=deal, rules=rules, anew=anew)


def _check(line: BottomLine) -> None:
    wrong: dict[str, list[str]] = {}
    if all(getattr(line, name) is None for name in VALUES):
        wrong["price"] = [_("Give a price, a term or a share.")]
    if line.price is not None and line.price < 0:
        wrong["price"] = [_("An amount is not negative.")]
    if line.term_months is not None and not 1 <= line.term_months <= 600:
        wrong["term_months"] = [_("A term has 1 to 600 months.")]
    if line.share is not None and not 0 <= line.share <= 100:
        wrong["share"] = [_("A share lies between 0 and 100 percent.")]
    if wrong:
        raise Invalid(fields=wrong)
