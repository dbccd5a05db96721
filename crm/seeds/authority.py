"""The demo's major matters: two decided, one waiting, and the bottom line of a deal."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from crm.models import Client, Opportunity
from crm.services.bottom_lines import set_bottom_line
from crm.services.major import leave_with, mark_major, take_over
from expansion import clock
from expansion.people.models import Membership, Role, User

OWNER = "member.client"
LINE = "低于这个价连房费都保不住，宁可不做；酒水可以再让一点。"
LEFT = "一直是许晴在跟，关系熟，继续由她做；报价先给我看。"
TAKEN = "对方总经理点名要跟部门谈，我来接。"


def sow(demo: Any) -> None:
    """The largest open deals of two members, in the last working days."""
    days = demo.workdays(demo.today - timedelta(days=20), demo.today - timedelta(days=1))
    deals = Opportunity.objects.live().open().filter(client__major=False, owner__in=_members())
    before = demo.moment(days[-7], 9, 0)
    mine = _largest(deals.filter(owner__username=OWNER), 2, before)
    theirs = _largest(deals.exclude(owner__username=OWNER), 1, before)
    for deal in mine[:1]:
        _decided(demo, deal, demo.moment(days[-6], 9, 40), LEFT)
        _draw_line(demo, deal, demo.moment(days[-5], 10, 10))
    for deal in theirs:
        _decided(demo, deal, demo.moment(days[-4], 10, 20), TAKEN)
    for deal in mine[1:]:
        with demo.at(demo.moment(days[-1], 16, 5)):
            _mark(demo, deal)


def _members() -> QuerySet[Membership]:
    seated = Membership.objects.on(clock.today()).filter(post__role=Role.MEMBER)
    return seated.order_by().values("user")


def _largest(deals: QuerySet[Opportunity], many: int, before: datetime) -> list[Opportunity]:
    """Each client once; those first that were there before."""
    found: dict[int, Opportunity] = {}
    known = deals.exclude(amount=None).select_related("client", "owner").order_by("-amount", "pk")
    for deal in sorted(known, key=lambda deal: deal.created_at >= before):
        found.setdefault(deal.client_id, deal)
    return list(found.values())[:many]


def _mark(demo: Any, deal: Opportunity) -> Client:
    owner: User = demo.acting(deal.owner.username)
    return mark_major(actor=owner, record=Client.objects.get(pk=deal.client_id))


def _decided(demo: Any, deal: Opportunity, moment: datetime, reason: str) -> None:
    with demo.at(moment):
        client = _mark(demo, deal)
    later = moment + timedelta(hours=3)
    with demo.at(later):
        decide = leave_with if reason == LEFT else take_over
        decide(actor=demo.manager_on(later), record=client.escalations.get(), reason=reason)


def _draw_line(demo: Any, deal: Opportunity, moment: datetime) -> None:
    """A good tenth under what is asked for."""
    price = (deal.amount * Decimal("0.88")).quantize(Decimal("1"))  # type: ignore[operator]
    with demo.at(moment):
        set_bottom_line(
            actor=demo.acting(deal.owner.username),
            opportunity=deal,
            price=price,
            currency=deal.currency,
            note=LINE,
        )
