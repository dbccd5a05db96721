"""Research for tests, made through the services. Its author is the research team's member."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from expansion import clock
from expansion.approvals.models import Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.people.models import Mandate, Membership, Post, Unit, User
from expansion.people.services.accounts import search_text
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on
from research.models import Finding, ResearchPlan, ResearchReport
from research.services import distribution, findings, plans, reports, reviews
from tests.cast import LOADED_ON, Cast

SECTIONS = {
    "introduction": "三季度主城六区量贩 KTV 竞争加剧，午后场成为新的增量。",
    "purpose": "摸清午后场的客源、定价与企业客户的预订习惯。",
    "method": "实地走访 41 家门店，抽样结账单 612 张，访谈企业行政 18 人。",
    "findings": "工作日午后场人均消费升至 68.4 元，较二季度上涨 9.2%。",
    "conclusions": "午后场是四季度最有把握的增量，企业客户的关键窗口在十一月中旬前。",
    "recommendations": "河西店午后场试行两人套餐，为期六周，按周看上座率。",
}
PLAN = {
    "purpose": "了解四季度企业团建的预订习惯。",
    "content": "主城六区写字楼企业的团建预算与时间。",
    "method": "访谈 30 家企业行政，查阅两份行业报告。",
    "schedule": "11 月 20 日至 12 月 4 日。",
}
SCORES = {"accuracy": 90, "completeness": 84, "depth": 78, "usefulness": 88}


def teammate(name: str = "苏禾", username: str = "teammate") -> User:
    """A second member of the research team."""
    user = User.objects.create(username=username, name=name, search=search_text(name))
    Membership.objects.create(
        user=user,
        unit=Unit.objects.get(key="research"),
        post=Post.objects.get(key="member"),
        since=LOADED_ON,
    )
    return user


def deputised(cast: Cast) -> Mandate:
    """The manager is away and the deputy acts."""
    return create_mandate(
        actor=cast.administrator,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=3),
        reason="leave",
    )


def a_finding(cast: Cast, *, actor: Any = None, **values: Any) -> Finding:
    """An entry of today, from an industry report."""
    given = {
        "title": "主城六区午后场人均消费上涨",
        "source": "industry_report",
        "text": "人均 68.4 元，较二季度上涨 9.2%，样本为 41 家门店。",
        "collected_on": clock.today(),
    }
    return findings.log_finding(actor=actor or cast.outsider, rules=rules_on(), **(given | values))


def valid(cast: Cast, **values: Any) -> Finding:
    return findings.screen_finding(actor=cast.deputy, record=a_finding(cast, **values), valid=True)


def published(cast: Cast, **values: Any) -> Finding:
    return findings.publish_finding(actor=cast.deputy, record=valid(cast, **values))


def a_plan(cast: Cast, *, actor: Any = None, **values: Any) -> ResearchPlan:
    """A complete draft."""
    given = {"title": "十一月企业团建调研计划", "texts": PLAN}
    return plans.create_plan(actor=actor or cast.outsider, rules=rules_on(), **(given | values))


def approved_plan(cast: Cast, **values: Any) -> ResearchPlan:
    plan = a_plan(cast, **values)
    plans.submit_plan(actor=plan.owner, record=plan, rules=rules_on())
    decide(actor=cast.manager, request=latest(plan), decision="approve")
    return ResearchPlan.objects.get(pk=plan.pk)


def a_report(cast: Cast, *, actor: Any = None, texts: Any = None, **values: Any) -> ResearchReport:
    """A draft in which everything is written, unless `texts` says otherwise."""
    actor = actor or cast.outsider
    given = {"title": "2026 年三季度南京量贩 KTV 市场调研报告", "period": "2026-Q3"} | values
    report = reports.create_report(actor=actor, rules=rules_on(), **given)
    return reports.save_report(
        actor=actor, record=report, texts=SECTIONS if texts is None else texts, **given
    )


def addressed(
    cast: Cast, report: ResearchReport, *, units: Iterable[str] = (), people: Iterable[User] = ()
) -> ResearchReport:
    """Its list set by the author; units by their keys."""
    return distribution.distribute_report(
        actor=report.owner,
        record=report,
        units=list(Unit.objects.filter(key__in=units)),
        people=list(people),
    )


def submitted(cast: Cast, **values: Any) -> Request:
    report = values.pop("report", None) or a_report(cast, **values)
    reports.submit_report(actor=report.owner, record=report, rules=rules_on())
    return latest(report)


def approved(cast: Cast, **values: Any) -> ResearchReport:
    request = submitted(cast, **values)
    decide(actor=cast.manager, request=request, decision="approve")
    return ResearchReport.objects.get(pk=request.about_id)


def distributed(cast: Cast, *, to: Iterable[User], **values: Any) -> ResearchReport:
    report = addressed(cast, a_report(cast, **values), people=to)
    return approved(cast, report=report)


def scored(cast: Cast, report: ResearchReport, **scores: int) -> Any:
    return reviews.score_report(
        actor=cast.manager, record=report, rules=rules_on(), scores=SCORES | scores
    )
