"""Major matters and closed deals of a period under a draft: what would have gone to somebody else
by its limits (R-exp-06, A-2.2.1d, E9-3.1d)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.authority import (
    CONTRACT,
    TRIGGERS,
    Matter,
    beyond,
    decision_owners,
    decision_role,
    ruled_major,
)
from crm.models import Client, Contract, Escalation, Opportunity
from expansion import clock, offers
from expansion.approvals.approvers import SUPERIOR
from expansion.offers import Replayed
from expansion.people.models import Role
from expansion.people.selectors import seats_read_once
from expansion.rulebook.deciders import names_in
from expansion.rulebook.deciding import exceeds
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of, rules_of_days, rules_on, unread
from expansion.rulebook.templatetags.rules import rule_value
from expansion.worktime import Period

# Major matters


@dataclass(frozen=True)
class Standing:
    """Why a matter is major and whose it is; nobody's where it is an ordinary one."""

    triggers: tuple[str, ...] = ()
    role: str = ""

    def words(self, names: Mapping[str, str]) -> str:
        if not self.triggers:
            return _("an ordinary matter")
        why = _(", ").join(str(TRIGGERS.get(key, key)) for key in self.triggers)
        return f"{why} · {rule_value(self.role, names)}"


ORDINARY = Standing()
NOT_REPLAYED = lazy("What was decided over them is not replayed.")


def matters(rules: Rules, period: Period) -> list[Replayed]:
    """Every matter that came up as major in the period, and every client, opportunity and contract
    of the period that would have by the draft."""
    return compared(rules, came_up(period).filter(about_id=None), _begun(period))


def came_up(period: Period) -> QuerySet[Escalation]:
    """What was put before somebody in the period, the latest first."""
    opened = Escalation.objects.live().filter(
        opened_at__gte=period.begins_at, opened_at__lt=period.ends_at
    )
    return opened.order_by("-opened_at", "pk")


def compared(
    rules: Rules, matters: QuerySet[Escalation], records: Iterable[Matter]
) -> list[Replayed]:
    """These matters as they stood and as they would by the draft, and so these records that came up
    as none. An upper app asks it of what it puts forward."""
    with seats_read_once():
        found = [*_opened(rules, matters), *_ordinary(rules, records)]
    names = names_in((one.role for _record, *both in found for one in both), rules)
    return [Replayed(one, was.words(names), now.words(names)) for one, was, now in found]


Found = tuple[Any, Standing, Standing]  # a record, how it stood and how it would


def _opened(rules: Rules, matters: QuerySet[Escalation]) -> Iterator[Found]:
    """What was put before somebody, as large as it was then."""
    found = matters.select_related("client", "opportunity", "contract", "rules_version")
    for one in found.defer(*unread("rules_version")):
        stood = Standing(tuple(one.triggers), one.role)
        yield one, stood, _drafted(one, stood, rules, rules_of(one.rules_version))


def _drafted(one: Escalation, stood: Standing, rules: Rules, own: Rules) -> Standing:
    """How it would stand by the draft: what the draft leaves as it was on that day stays."""
    record = one.record
    if record is None:
        return stood
    if not isinstance(record, Client):
        record.amount, record.currency = one.amount, one.currency
    met, before = set(ruled_major(record, rules)), set(ruled_major(record, own))
    kept = ({*stood.triggers} | met - before) - (before - met)
    role, former = decision_role(record, rules), decision_role(record, own)
    found = tuple(key for key in TRIGGERS if key in kept)
    return Standing(found, stood.role if role == former else role) if found else ORDINARY


def _ordinary(rules: Rules, records: Iterable[Matter]) -> Iterator[Found]:
    """What was put before nobody; nobody is asked over what they work."""
    now, owners = rules_on(), _Owners()
    for record in records:
        new = set(ruled_major(record, rules)) - set(ruled_major(record, now))
        role = decision_role(record, rules)
        if new and record.owner_id not in owners.of(role, record):
            found = tuple(key for key in TRIGGERS if key in new)
            yield record, ORDINARY, Standing(found, role)
        else:
            yield record, ORDINARY, ORDINARY


def _begun(period: Period) -> Iterator[Client | Opportunity | Contract]:
    """What was begun in the period and put before nobody."""
    whole = Escalation.objects.filter(opportunity=None, contract=None, about_id=None).order_by()
    graded = Client.objects.live().exclude(grade="").exclude(pk__in=whole.values("client"))
    deals = (one.objects.live().filter(escalations=None) for one in (Opportunity, Contract))
    for records in (graded, *deals):
        found = records.filter(created_at__gte=period.begins_at, created_at__lt=period.ends_at)
        yield from found.select_related("owner", "team").order_by("-created_at", "pk")


class _Owners:
    """Who decides by a role, asked once for each team."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], set[int]] = {}

    def of(self, role: str, record: Any) -> set[int]:
        key = (role, record.owner_id if role == SUPERIOR else record.team_id)
        if key not in self._known:
            found = decision_owners(role, record.team, record.owner)
            self._known[key] = {one.pk for one in found}
        return self._known[key]


# Who signs and closes


def closings(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every contract signed and every opportunity won in the period: up to whom its amount lies by
    the limits of that day and by the draft's."""
    found, rules_of_day = list(_closed(period)), rules_of_days()
    stood = {one: rules_of_day(day) for one, day in found}
    names = names_in((_beyond(one) for one in (rules, *stood.values())), rules)
    for one, own in stood.items():
        before, after = (_closer(one.amount, one.currency, by, names) for by in (own, rules))
        yield Replayed(one, before, after)


def _closed(period: Period) -> Iterator[tuple[Contract | Opportunity, date]]:
    signed = Contract.objects.live().signed_in(period.start, period.end)
    for contract in signed.order_by("-signed_on", "pk"):
        yield contract, contract.signed_on or period.start
    won = Opportunity.objects.live().filter(
        status=Opportunity.Status.WON,
        closed_at__gte=period.begins_at,
        closed_at__lt=period.ends_at,
    )
    for deal in won.order_by("-closed_at", "pk"):
        yield deal, clock.local_date(deal.closed_at) if deal.closed_at else period.start


def _beyond(rules: Rules) -> tuple[str, ...]:
    """Who decides beyond the manager's authority; nobody where contracts have no chain."""
    return beyond(rules) if rules.approval_if_any(CONTRACT) else ()


def _closer(amount: Decimal | None, currency: str, rules: Rules, names: Mapping[str, str]) -> str:
    """The lowest role whose limit is high enough, and who has to approve it first."""
    ours = rules.authority
    limits = ((Role.MEMBER, ours.member_limit), (Role.LEADER, ours.leader_limit))
    within = (role for role, limit in limits if not exceeds(amount, currency, limit.value))
    closer = str(next(within, Role.MANAGER).label)
    if not (_beyond(rules) and exceeds(amount, currency, ours.manager_limit.value)):
        return closer
    first = _(", ").join(rule_value(step, names) for step in _beyond(rules))
    return _("%(closer)s, approved by %(first)s first") % {"closer": closer, "first": first}


offers.add(
    offers.Replay(
        "crm.matters",
        lazy("Major matters"),
        32,
        matters,
        NOT_REPLAYED,
        reads=(
            "authority.major_amount",
            "authority.major_term",
            "authority.major_client_owner",
            "authority.major_cooperation_owner",
            "crm.grading.grades.*.major",
        ),
    ),
    offers.Replay(
        "crm.closings",
        lazy("Deals signed and won"),
        33,
        closings,
        lazy("Who may close a deal of this amount, whoever did."),
        reads=(
            "authority.member_limit",
            "authority.leader_limit",
            "authority.manager_limit",
            "authority.beyond_limit_chain",
            "approvals.contract.beyond_authority",
        ),
    ),
)
