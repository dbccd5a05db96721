"""The cooperation projects of the demo department: partners, phases, checks."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from crm.models import Client, Contract
from expansion import clock
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.relations.models import Relation
from expansion.relations.services import link
from expansion.rulebook.selectors import rules_on, version_on
from partnerships.models import Milestone, Partner, Project
from partnerships.services.milestones import add_check, add_milestone, complete_milestone
from partnerships.services.partners import create_partner, update_partner
from partnerships.services.projects import (
    cancel_project,
    create_project,
    finish_project,
    link_contract,
    move_project,
    start_project,
    update_project,
)
from partnerships.services.schemes import submit_scheme

KINDS = ("supplier", "franchisee", "advertiser")
SOURCES = ("market_research", "industry_event", "personal_contact")
CAPACITY = (
    "有八个商场点位，可互放展架和优惠券。",
    "会员约三万人，每周可推送一次活动。",
    "能提供酒水饮料和现场促销人员。",
    "承担主题房装修的一半费用，换取一年冠名。",
    "自有音响检修队伍，可二十四小时响应。",
)
TITLES = (
    "联名会员日",
    "主题房冠名",
    "门店展架互换",
    "夜宵联票",
    "音响维保合作",
    "加盟店筹备",
    "校园歌手赛联办",
    "酒水联合促销",
)
SCHEME = (
    "合作内容：{title}，先在两家门店试行。合作方式：双方各出场地与物料，按月对账。"
    "利益分配：核销收入按六四分成。责任义务：我方负责场地与服务，对方负责宣传与到客。"
)
PHASES = (
    "确认方案和分工",
    "物料设计与上架",
    "门店人员培训",
    "试运行两周",
    "正式上线",
    "月度对账与复盘",
)
CHECKS = (
    "进度正常，对账单按时交换。",
    "物料到店晚了三天，已请对方补偿一次推送。",
    "核销数低于预期，建议把券的门槛降低。",
    "门店员工对规则不熟，安排了一次短训。",
)
EVALUATION = (
    "合作期内双方按方案执行，带来的客流达到预期的九成；宣传配合好，对账偏慢。建议续做，并把对账改为半月一次。",
    "项目按期完成，主题房出租率提高明显；对方费用到账晚了两周，续约时要写清付款日。",
)
STAGES = ("intent", "scheme", "signing", "implementation", "evaluation")
# What becomes of the schemes of projects in talks; the other one still waits.
REFUSED = {
    5: ("reject", "对方要独家，我们吃亏；先不做，等换了条件再谈。"),
    7: ("return", "利益分配写得太笼统：写清按哪个口径对账、差额怎么处理。"),
}
CANCELLED = "对方总部调整预算，今年不再投入联名活动。"


@dataclass
class Plan:
    """How far a project comes: the stage it stops at, and its end."""

    number: int
    contract: Contract | None
    client: Client
    day: date
    end: str = "running"  # "planned", "running", "done" or "cancelled"
    project: Project | None = None


def sow(demo: Any) -> None:
    """Projects from the partnership team's signed contracts, and some still in talks."""
    diary = demo.diary()
    for plan in _plans(demo):
        moment = min(demo.moment(plan.day, 9, 30), demo.now - timedelta(hours=1))
        diary.enter(moment, partial(_begin, demo, diary, plan))
    diary.play()
    _tie(demo)


def _tie(demo: Any) -> None:
    """What the first projects rest on, led to and have to do with, in the library of research."""
    projects, findings = demo.made["projects"], demo.made["findings"]
    for kind, project, finding in zip(Relation.Kind.values, projects, findings, strict=False):
        link(actor=demo.manager_on(clock.now()), source=project, target=finding, kind=kind)


def _plans(demo: Any) -> list[Plan]:
    signed = Contract.objects.live().signed().filter(team__key="partnership")
    first: dict[int, Contract] = {}
    for contract in signed.select_related("client__owner").order_by("signed_on", "pk"):
        first.setdefault(contract.client_id, contract)
    plans = [
        Plan(number, one, one.client, demo.workday(one.signed_on + timedelta(days=1)))
        for number, one in enumerate(first.values())
    ]
    for plan in plans:
        old = (demo.today - plan.day).days > 75
        plan.end = "done" if old else "cancelled" if plan.number % 9 == 4 else "running"
    talks = Client.objects.live().filter(team__key="partnership").exclude(pk__in=first)
    for number, client in enumerate(talks.select_related("owner").order_by("pk")[:9]):
        day = demo.workday(demo.today - timedelta(days=12 + 5 * number))
        day = max(day, demo.workday(clock.local_date(client.created_at), 1))
        plans.append(Plan(number, None, client, day, "planned"))
    return plans


def _begin(demo: Any, diary: Any, plan: Plan) -> None:
    actor = demo.people[plan.client.owner.username]
    signed = plan.contract is not None
    partner = create_partner(
        actor=actor,
        rules=rules_on(),
        client=plan.client,
        kind=demo.one(KINDS),
        source=demo.one(SOURCES),
        status=Partner.Status.PARTNER if signed else _talks(plan),
        capacity=demo.one(CAPACITY),
        rating=demo.chance.randrange(2, 6),
    )
    demo.keep("partners", partner)
    if not signed and plan.number % 3 == 0:
        return
    title = TITLES[plan.number % len(TITLES)]
    plan.project = create_project(
        actor=actor,
        partner=partner,
        title=f"{title}（{plan.client.name[2:4]}）",
        rules_version=version_on(),
        planned_start=clock.today(),
        planned_end=clock.today() + timedelta(days=demo.chance.randrange(60, 150)),
        amount=plan.contract.amount if signed else Decimal(demo.chance.randrange(80, 600) * 100),
        scheme=SCHEME.format(title=title) if signed or plan.number % 2 else "",
        resources="双方各一名对接人，物料费用对半。",
    )
    demo.keep("projects", plan.project)
    _go_on(demo, diary, plan, actor)


def _talks(plan: Plan) -> str:
    return (Partner.Status.PROSPECT, Partner.Status.TALKS)[plan.number % 2]


def _go_on(demo: Any, diary: Any, plan: Plan, actor: Any) -> None:
    if plan.contract is None:
        move_project(actor=actor, record=plan.project, stage=STAGES[plan.number % 2])
        if plan.project.scheme:
            _submit(demo, actor, plan.project)
        if plan.number in REFUSED:
            kind, comment = REFUSED[plan.number]
            _decide(demo, plan.project, kind, comment)
        if plan.number == 8:
            cancel_project(actor=actor, record=plan.project, reason=CANCELLED)
        return
    link_contract(actor=actor, record=plan.project, contract=plan.contract)
    _submit(demo, actor, plan.project)
    _decide(demo, plan.project, "approve")
    plan.project.refresh_from_db()
    move_project(actor=actor, record=plan.project, stage="implementation")
    start_project(actor=actor, record=plan.project)
    day = clock.today()
    for number, phase in enumerate(PHASES[: demo.chance.randrange(3, 7)]):
        due = demo.workday(day + timedelta(days=9 * number + demo.chance.randrange(5, 12)))
        owner = None if demo.often(6) else actor
        made = add_milestone(actor=actor, record=plan.project, title=phase, due_on=due, owner=owner)
        late = demo.chance.choices((-1, 0, 4), (40, 42, 18))[0]
        done = demo.moment(demo.workday(due + timedelta(days=late)), 17, 30)
        diary.enter(done, partial(_tick, actor, made))
    for weeks in (3, 6, 9):
        moment = demo.moment(demo.workday(day + timedelta(weeks=weeks)), 15)
        diary.enter(moment, partial(_check, demo, actor, plan, weeks))
    last = demo.moment(demo.workday(day + timedelta(days=72)), 10)
    ends = {"done": _finish, "cancelled": _cancel}
    if plan.end in ends:
        diary.enter(last, partial(ends[plan.end], demo, actor, plan))


def _submit(demo: Any, actor: Any, project: Project) -> None:
    submit_scheme(actor=demo.acting(actor.username), record=project, rules=rules_on())


def _decide(demo: Any, project: Project, kind: str, comment: str = "") -> None:
    manager = demo.manager_on(clock.now())
    decide(actor=manager, request=latest(project), decision=kind, comment=comment)


def _tick(actor: Any, milestone: Milestone) -> None:
    if milestone.project.__class__.objects.get(pk=milestone.project_id).is_open:
        complete_milestone(actor=actor, record=milestone, done_on=clock.today())


def _check(demo: Any, actor: Any, plan: Plan, weeks: int) -> None:
    if plan.project is not None and demo.often(80):
        add_check(
            actor=actor,
            record=plan.project,
            progress=min(95, weeks * 9 + demo.chance.randrange(5, 14)),
            rating=demo.chance.randrange(3, 6),
            findings=demo.one(CHECKS),
        )


def _finish(demo: Any, actor: Any, plan: Plan) -> None:
    update_project(actor=actor, record=plan.project, evaluation=demo.one(EVALUATION))
    move_project(actor=actor, record=plan.project, stage="evaluation")
    finish_project(actor=actor, record=plan.project)
    if plan.number % 4 == 3:
        partner = Partner.objects.get(pk=plan.project.partner_id)
        update_partner(actor=actor, record=partner, rules=rules_on(), status=Partner.Status.ENDED)


def _cancel(demo: Any, actor: Any, plan: Plan) -> None:
    cancel_project(actor=actor, record=plan.project, reason=CANCELLED)
