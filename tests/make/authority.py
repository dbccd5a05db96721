"""Major matters, limits and bottom lines for tests, made through the services."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from crm.models import BottomLine, Client, Contract, Escalation, Opportunity
from crm.services.bottom_lines import set_bottom_line
from crm.services.contracts import submit_contract
from crm.services.major import mark_major
from expansion import clock
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.people.models import Mandate, User
from expansion.rulebook import loading
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import forget_rules, rules_on
from tests.cast import Cast
from tests.make import contracts as paper
from tests.make import crm

LIMITS = {
    "authority.member_limit": "100000",
    "authority.leader_limit": "300000",
    "authority.manager_limit": "500000",
    "authority.beyond_limit_chain": ["leadership"],
}
# A chain that leadership does not stand in by itself.
SHORT = {"approvals.contract.chain": ["manager", "legal"]}


def ruled(**values: Any) -> Rules:
    """The rules in force with other values; `__` stands for a dot."""
    return rules_on().with_changes({key.replace("__", "."): one for key, one in values.items()})


def limited(**values: Any) -> Rules:
    return rules_on().with_changes(
        LIMITS | SHORT | {key.replace("__", "."): one for key, one in values.items()}
    )


def decree(rules: Rules) -> Rules:
    """From now on pages and services without rules of their own go by these."""
    Version.objects.update(content=loading.to_data(rules))
    forget_rules()
    return rules


def acting(cast: Cast, delegate: User | None = None, kinds: tuple[str, ...] = ()) -> User:
    """The deputy, or whoever is given, acts for the manager."""
    delegate = delegate or cast.deputy
    Mandate.objects.create(
        principal=cast.manager,
        delegate=delegate,
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(days=30),
        reason="leave",
        kinds=list(kinds),
        created_by=cast.administrator,
    )
    return cast.again(delegate)


def escalation(cast: Cast, actor: User | None = None, client: Client | None = None) -> Escalation:
    """An open one: a client that is marked as major."""
    actor = actor or cast.member
    client = client or crm.client(actor)
    mark_major(actor=actor, record=client)
    return client.escalations.get()


def bottom_line(actor: User, deal: Opportunity, **values: Any) -> BottomLine:
    given = {"price": Decimal("90000.00")} | values
    return set_bottom_line(actor=actor, opportunity=deal, **given)


def approved(
    cast: Cast, contract: Contract, rules: Rules, *by: User, actor: Any = None
) -> Contract:
    """Handed in by its owner, and approved by these in turn."""
    submit_contract(actor=actor or contract.owner, record=contract, rules=rules)
    for person in by:
        decide(actor=person, request=latest(contract), decision="approve")
    contract.refresh_from_db()
    return contract


def to_sign(cast: Cast, amount: str, rules: Rules, *more: User, **values: Any) -> Contract:
    """A contract of that amount which manager and legal have approved, and whoever is named."""
    contract = paper.a_contract(cast, amount=Decimal(amount), **values)
    return approved(cast, contract, rules, cast.manager, cast.legal, *more)


def to_win(actor: User, amount: str | None, **values: Any) -> Opportunity:
    """An opportunity in its last stage; its gate is passed by."""
    client = values.pop("client", None) or crm.client(actor)
    given = {"amount": Decimal(amount) if amount else None} | values
    deal = crm.opportunity(actor, client, **given)
    Opportunity.objects.filter(pk=deal.pk).update(stage="signed")
    deal.refresh_from_db()
    return deal


def below_line(cast: Cast, client: Client) -> Escalation:
    """An opportunity of the member's that lies below its bottom line."""
    deal = crm.opportunity(cast.member, client, amount=Decimal("1"))
    bottom_line(cast.member, deal, price=Decimal("2"))
    return deal.escalations.get()
