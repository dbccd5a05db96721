"""Builders of partnerships: each makes one record through its service."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from crm.models import Contract
from crm.services import contracts
from expansion import clock
from expansion.approvals.models import Request
from expansion.approvals.selectors import deciders, latest, open_step
from expansion.approvals.services import decide
from expansion.rulebook.selectors import rules_on, version_on
from partnerships.models import Milestone, Partner, Project
from partnerships.services import milestones, partners, projects, schemes
from tests.make import crm

_number = count(1)
START, END = date(2026, 10, 8), date(2026, 12, 31)
SCHEME = "内容：年会联合套餐。方式：互相引流。利益：按单分成。责任：各自售后。"


def partner(owner, **values) -> Partner:
    return partners.create_partner(
        actor=owner,
        rules=rules_on(),
        client=values.pop("client", None) or crm.client(owner),
        kind=values.pop("kind", "supplier"),
        **values,
    )


def project(owner, *, of: Partner | None = None, **values) -> Project:
    given = {"title": f"联合年会 {next(_number)}", "planned_start": START, "planned_end": END}
    return projects.create_project(
        actor=owner, partner=of or partner(owner), rules_version=version_on(), **given | values
    )


def submitted(owner, record: Project | None = None, **values) -> Project:
    """A project whose scheme waits for its chain."""
    one = record or project(owner, **{"scheme": SCHEME} | values)
    return schemes.submit_scheme(actor=owner, record=one, rules=rules_on())


def approved(owner, record: Project | None = None, **values) -> Project:
    """The same once everybody who is asked has approved it."""
    one = submitted(owner, record, **values)
    while (step := open_step(latest(one))) is not None:
        decide(actor=deciders(step)[0], request=latest(one), decision="approve")
    one.refresh_from_db()
    return one


def running(owner, **values) -> Project:
    one = approved(owner, **values)
    return projects.start_project(actor=owner, record=one, started_on=clock.today())


def phase(actor, of: Project, days: int = 7, title: str = "场地布置", **values) -> Milestone:
    due = clock.today() + timedelta(days=days)
    return milestones.add_milestone(actor=actor, record=of, title=title, due_on=due, **values)


def signed_contract(cast, of: Project, amount: str = "120000", currency: str = "CNY") -> Contract:
    """A cooperation contract of the project's partner, approved by its chain and signed today."""
    return sign(cast, draft_contract(of, amount, currency))


def draft_contract(of: Project, amount: str = "120000", currency: str = "CNY") -> Contract:
    return contracts.create_contract(
        actor=of.partner.client.owner,
        client=of.partner.client,
        title="联合年会合作协议",
        kind=Contract.Kind.COOPERATION,
        amount=Decimal(amount),
        currency=currency,
        starts_on=clock.today(),
        scope="联合套餐。",
        duties="各自履约。",
        payment="按月结算。",
    )


def sign(cast, draft: Contract) -> Contract:
    """Approved by its chain and signed today by whoever holds it."""
    owner = draft.owner
    contracts.submit_contract(actor=owner, record=draft, rules=rules_on())
    request = Request.objects.latest("pk")
    for person in (cast.manager, cast.legal, cast.leadership):
        decide(actor=person, request=request, decision="approve")
    return contracts.sign_contract(
        actor=owner,
        record=draft,
        signed_on=clock.today(),
        signed_by_us="陈立群",
        signed_by_them="许文",
    )
