"""Contracts for tests, made through the services."""

from datetime import date
from decimal import Decimal
from typing import Any

from crm.models import Client, Contract, Obligation
from crm.services.clients import create_client
from crm.services.contracts import create_contract, sign_contract, submit_contract
from crm.services.obligations import add_obligation
from expansion.approvals.models import Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.rulebook.selectors import rules_on
from tests.cast import Cast

SIGNED_ON = date(2026, 11, 18)
TEXT = {
    "scope": "全年四场团建，每场 80 人，含场地与音响。",
    "duties": "我方提供场地，对方提前三天确认人数。",
    "payment": "签约后付 40%，每场结束后付 15%。",
}


def a_client(actor: Any, name: str = "南京海纳酒店管理有限公司") -> Client:
    return create_client(actor=actor, name=name)


def a_contract(cast: Cast, *, actor: Any = None, **values: Any) -> Contract:
    """A complete draft of the member's with one duty on each side."""
    actor = actor or cast.member
    client = values.pop("client", None) or a_client(actor)
    given = {
        "title": "海纳酒店年会场地框架",
        "amount": Decimal("126000.00"),
        "starts_on": date(2026, 12, 1),
        "ends_on": date(2027, 11, 30),
        **TEXT,
    }
    contract = create_contract(actor=actor, client=client, **(given | values))
    for party, what, day in (("them", "首付款", 1), ("us", "第一场活动", 18)):
        add_obligation(
            actor=actor, record=contract, party=party, what=what, due_on=date(2026, 12, day)
        )
    return contract


def submitted(cast: Cast, *, actor: Any = None, **values: Any) -> Request:
    contract = a_contract(cast, actor=actor, **values)
    submit_contract(actor=actor or cast.member, record=contract, rules=rules_on())
    return latest(contract)


def approved(cast: Cast, **values: Any) -> Contract:
    request = submitted(cast, **values)
    for person in (cast.manager, cast.legal, cast.leadership):
        decide(actor=person, request=request, decision="approve")
    return Contract.objects.get(pk=request.about_id)


def signed(cast: Cast, **values: Any) -> Contract:
    return sign_contract(
        actor=cast.member,
        record=approved(cast, **values),
        signed_on=SIGNED_ON,
        signed_by_us="陈立群",
        signed_by_them="许总",
    )


def duty(contract: Contract, what: str) -> Obligation:
    return contract.obligations.get(what=what)
