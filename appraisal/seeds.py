"""The appraisals of the demo department: two quarters brought to their end, the rest planned.

Every step is taken in its own time by whoever it belongs to: figures, self-review, evaluation, the
manager's review, delivery, appeals, closing.
"""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from appraisal.models import Appeal, ConsequenceCase, Cycle, Participant, Stage
from appraisal.scoring import indicators
from appraisal.services.appeals import accept_appeal, decide_appeal, file_appeal
from appraisal.services.consequences import propose_measure
from appraisal.services.cycles import close_cycle, open_due_cycles, opens_on, set_target
from appraisal.services.results import (
    acknowledge_result,
    adjust_result,
    deliver_results,
    fix_results,
)
from appraisal.services.reviews import save_evaluation, save_self_review
from expansion import worktime
from expansion.jobs.models import Job
from expansion.jobs.services import run
from expansion.people.models import Unit
from expansion.rulebook.selectors import rules_on

# What the department could reach in this market, agreed on for each quarter.
TARGETS = (
    ("client", "new_clients", "number", 3),
    ("partnership", "projects", "number", 1),
    ("partnership", "projects", "benefit", 30000),
    ("research", "info_volume_timeliness", "volume", 16),
    ("research", "decision_support", "adoption", 3),
)
WEAK, STRONG = "qian.wen", ("member.client", "member.research")
ACHIEVEMENTS = (
    "完成两家重点客户的签约，老客户续签一家，拜访记录全部按时填写。",
    "新开发客户以企业团建为主，季度中段集中拿下三份合同。",
    "整理了五家对手的报价，供小组谈判使用；报告一次通过。",
    "联名活动按期上线，对账清楚，合作方愿意扩大到三家门店。",
    "把半年未联系的客户重新走了一遍，唤回四家。",
)
PROBLEMS = (
    "江北片区路程远，拜访频次不够；个别报价回复慢于客户预期。",
    "有两次反馈超过时限，已改用手机当场填写。",
    "报告的建议部分写得偏虚，下季度请业务同事一起把关。",
    "合作方物料延误，事先没有约定违约办法。",
)
NEXT = (
    "下季度把重点放在年会市场，提前六周开始预约。",
    "每周固定半天做电话回访，保持三十天内有联系。",
    "完成下午场调研并跟进试点，用数据说话。",
    "项目节点提前一周检查，延误当天上报。",
)
COMMENTS = (
    "记录完整，数字与台账一致。",
    "进步明显，保持下去。",
    "数量达标，质量还可以再挑一挑。",
    "反馈及时性要加强。",
    "",
)
APPEAL = "九月签约的一家客户因合同归档晚了两天，没有计入本季度新客户，附签收单，请核实。"
APPEALS = (
    "拜访中有一次因门店停电无法登录而晚填，当时已电话报备，请考虑。",
    "工作能力一项的评分与季度中的反馈不一致，希望说明依据。",
)
FOUND = "调阅签收单与合同台账，签订日期在季度之内，予以更正。"
UPHELD = "核对了系统记录与报备情况，报备晚于时限，维持原结果。"
MEASURE = "季度得分低于六十分，连续三周未达拜访计划，建议给予警告并安排一对一辅导。"


def sow(demo: Any) -> None:
    """Both closed quarters from opening to file; what has opened since stands where it stands."""
    diary = demo.diary()
    for place, period in enumerate(demo.closed_quarters):
        opening = demo.moment(opens_on(rules_on(), period), 8, 30)
        diary.enter(opening, partial(_open, demo, diary, place))
    diary.enter(demo.now, partial(_open, demo, diary, -1))
    diary.play()


def _open(demo: Any, diary: Any, place: int) -> None:
    """The cycles that fall due that day; their figures are collected at once."""
    for cycle in open_due_cycles(worktime.today(), rules_on()):
        if cycle.kind == Cycle.Kind.QUARTER and place >= 0:
            _set_targets(demo, cycle)
            _enter_steps(demo, diary, cycle, place)
        for job in Job.objects.filter(name="appraisal.roll_up", state=Job.State.WAITING):
            run(job)
        demo.keep("cycles", cycle)


def _set_targets(demo: Any, cycle: Cycle) -> None:
    units = {unit.key: unit for unit in Unit.objects.all()}
    for team, indicator, part, value in TARGETS:
        set_target(
            actor=demo.people["manager"],
            record=cycle,
            indicator=indicator,
            part=part,
            value=Decimal(value),
            team=units[team],
        )


def _enter_steps(demo: Any, diary: Any, cycle: Cycle, place: int) -> None:
    day = worktime.today()

    def on(workday: int, hour: int, act: Any, *given: Any) -> None:
        moment = demo.moment(demo.workday(day, workday), hour)
        diary.enter(moment, partial(act, demo, *given))

    for participant in cycle.participants.complete():
        on(demo.chance.randrange(1, 5), 16, _review_oneself, participant)
        on(demo.chance.randrange(5, 9), 15, _evaluate, participant)
        if demo.often(85):
            on(demo.chance.randrange(11, 15), 9, _acknowledge, participant)
    on(9, 16, _adjust, cycle)
    on(10, 10, _fix_and_deliver, cycle)
    on(12, 11, _appeal, diary, cycle, place)
    on(17, 9, _close, cycle, place)


def _fresh(participant: Participant) -> Participant:
    return Participant.objects.complete().get(pk=participant.pk)


def _form(demo: Any, participant: Participant, low: int, high: int) -> dict[str, Any]:
    username = participant.owner.username
    shift = -38 if username == WEAK else 6 if username in STRONG else 0
    known = indicators(participant.cycle.rules, participant.indicators)
    return {
        "ratings": {
            one.key: {
                "score": Decimal(demo.chance.randrange(low, high) + shift)
                if one.is_rated
                else None,
                "comment": demo.one(COMMENTS),
            }
            for one in known
        },
        "achievements": demo.one(ACHIEVEMENTS),
        "problems": demo.one(PROBLEMS),
        "plan": demo.one(NEXT),
    }


def _review_oneself(demo: Any, participant: Participant) -> None:
    save_self_review(
        actor=demo.people[participant.owner.username],
        record=_fresh(participant),
        submit=True,
        **_form(demo, participant, 80, 93),
    )


def _evaluate(demo: Any, participant: Participant) -> None:
    save_evaluation(
        actor=demo.people[participant.superior.username],
        record=_fresh(participant),
        submit=True,
        **_form(demo, participant, 76, 92),
    )


def _adjust(demo: Any, cycle: Cycle) -> None:
    participant = _of(cycle, "dan.yu")
    adjust_result(
        actor=demo.manager_on(worktime.now()),
        record=participant,
        adjustment=Decimal("2.5"),
        reason="协助商务小组完成两场联名活动，指标未能体现。",
    )


def _of(cycle: Cycle, username: str) -> Participant:
    return cycle.participants.complete().get(owner__username=username)


def _fix_and_deliver(demo: Any, cycle: Cycle) -> None:
    for username in ("manager", "leadership"):
        fix_results(actor=demo.people[username], record=cycle)
        deliver_results(actor=demo.people[username], record=cycle)


def _acknowledge(demo: Any, participant: Participant) -> None:
    acknowledge_result(actor=demo.people[participant.owner.username], record=_fresh(participant))


def _appeal(demo: Any, diary: Any, cycle: Cycle, place: int) -> None:
    """In the first quarter one that changes a figure; in the second those that stand or wait."""
    if place == 0:
        participant = _of(cycle, "member.client2")
        line = participant.lines.get(indicator="new_clients", part="number")
        appeal = _file(demo, participant, APPEAL, Appeal.Ground.MISSING, line)
        values = {line.pk: (line.value or Decimal()) + 1}
        _enter_decision(demo, diary, appeal, Appeal.Decision.CHANGED, FOUND, values)
        return
    first = _file(demo, _of(cycle, "shen.jiayi"), APPEALS[0], Appeal.Ground.OTHER)
    _enter_decision(demo, diary, first, Appeal.Decision.UPHELD, UPHELD, {})
    second = _file(demo, _of(cycle, "zhao.yiming"), APPEALS[1], Appeal.Ground.RATING)
    accept_appeal(actor=demo.people["manager"], record=second)
    _file(demo, _of(cycle, "qiu.hao"), APPEALS[1], Appeal.Ground.RATING)


def _file(demo: Any, participant: Participant, text: str, ground: str, line: Any = None) -> Appeal:
    actor = demo.people[participant.owner.username]
    appeal = file_appeal(actor=actor, record=participant, ground=ground, text=text, line=line)
    return demo.keep("appeals", appeal)


def _enter_decision(
    demo: Any, diary: Any, appeal: Appeal, decision: str, findings: str, values: dict[int, Decimal]
) -> None:
    manager = demo.people["manager"]
    accept_appeal(actor=manager, record=appeal)
    act = partial(
        decide_appeal,
        actor=manager,
        record=appeal,
        decision=decision,
        findings=findings,
        values=values,
    )
    diary.enter(worktime.now() + timedelta(days=2), act)


def _close(demo: Any, cycle: Cycle, place: int) -> None:
    cycle = Cycle.objects.get(pk=cycle.pk)
    if cycle.at != Stage.FEEDBACK:
        return
    close_cycle(actor=demo.people["manager"], record=cycle)
    cases = ConsequenceCase.objects.filter(participant__cycle=cycle).order_by("pk")
    for case in cases if place == 0 else ():
        measures = {"one_unqualified": "warning", "two_unqualified": "dismissal"}
        propose_measure(
            actor=demo.people["manager"],
            record=case,
            measure=measures[case.rule],
            reason=MEASURE,
        )
