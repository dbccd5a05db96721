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
from appraisal.selectors import opens_on
from appraisal.services.appeals import accept_appeal, decide_appeal, file_appeal
from appraisal.services.consequences import propose_measure
from appraisal.services.cycles import (
    close_cycle,
    collect_figures,
    open_due_cycles,
    reopen_cycle,
    set_target,
)
from appraisal.services.exports import record_export
from appraisal.services.results import (
    acknowledge_result,
    adjust_result,
    deliver_results,
    fix_results,
    under_appeal,
)
from appraisal.services.reviews import save_evaluation, save_self_review
from expansion import worktime
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.jobs.models import Job
from expansion.jobs.services import run
from expansion.people.models import Unit
from expansion.rulebook.selectors import rules_on

Ground, Decision = Appeal.Ground, Appeal.Decision

# What the department could reach in this market, agreed on for each quarter.
TARGETS = (
    ("client", "new_clients", "number", 3),
    ("client", "new_clients", "quality", 70),
    ("client", "relation_loyalty", "repeat", 25),
    ("partnership", "projects", "number", 1),
    ("partnership", "projects", "benefit", 15000),
    ("partnership", "relation", "contact", 80),
    ("research", "info_volume_timeliness", "volume", 14),
    ("research", "decision_support", "adoption", 3),
)
# How a form of somebody who struggles, leads, or does neither differs from the usual.
SHIFTS = {"struggling": -26, "leading": 7, "mistaken": -16}
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
# Who contests what in which quarter, and how it ends; "" is being looked into, None was filed only.
APPEALS = (
    (0, "member.client2", Ground.MISSING, Decision.CHANGED),
    (0, "tang.ke", Ground.COUNTED, Decision.UPHELD),
    (0, "dan.yu", Ground.VALUE, Decision.UPHELD),
    (1, "shen.jiayi", Ground.OTHER, Decision.UPHELD),
    (1, "ma.rui", Ground.ATTRIBUTION, Decision.UPHELD),
    (1, "zhao.yiming", Ground.RATING, ""),
    (1, "qiu.hao", Ground.RATING, None),
)
PLEAS = {
    Ground.MISSING: "{month}月签约的一家客户归档晚了两天，没计入本季度新客户，附签收单，请核实。",
    Ground.COUNTED: "按期率里计入了一个对方要求暂停的节点，不应算作延误，附对方邮件。",
    Ground.VALUE: "一家新客户的规模评为三星，实际员工已超过两百人，请核对后更正。",
    Ground.OTHER: "拜访中有一次因门店停电无法登录而晚填，当时已电话报备，请考虑。",
    Ground.ATTRIBUTION: "主题房合作由我前期谈成，交接后记在同事名下，请按分工确认归属。",
    Ground.RATING: "工作能力一项的评分与季度中的反馈不一致，希望说明依据。",
}
FINDINGS = {
    Ground.MISSING: "调阅签收单与合同台账，签订日期在季度之内，予以更正。",
    Ground.COUNTED: "暂停没有办理变更手续，节点仍按原计划日考核，维持原结果。",
    Ground.VALUE: "评分以签约时的资料为准，人数变化在下季度更新，维持原结果。",
    Ground.OTHER: "核对了系统记录与报备情况，报备晚于时限，维持原结果。",
    Ground.ATTRIBUTION: "交接单写明签约由接手人完成，前期工作已在能力评分中体现，维持原结果。",
}
# The targets that were entered wrongly in the first quarter, and what they should have been.
MISTAKEN = "ma.rui"
MISTAKES = (("projects", "number", 30, 1), ("projects", "benefit", 1500000, 15000))
REOPENED = "马瑞的两项目标误录成了全部门全年的数，更正为个人季度目标后重新计算。"
SAID = "承认拜访不足，说明家中有事耽误了两周，愿意接受辅导并按周补上拜访。"
MEASURE = "季度得分低于六十分，连续三周未达拜访计划，建议给予警告并安排一对一辅导。"
AGREED = "同意警告，辅导由组长每周记录一次。"


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
            _set_targets(demo, cycle, place)
            _enter_steps(demo, diary, cycle, place)
        _roll_up()
        demo.keep("cycles", cycle)
    if place < 0:  # the targets of the running quarter stand from its beginning on
        _set_targets(demo, Cycle.objects.get(kind="quarter", start=demo.quarter.start), place)


def _roll_up() -> None:
    """What the worker does with the roll-ups that wait."""
    for job in Job.objects.filter(name="appraisal.roll_up", state=Job.State.WAITING):
        run(job)


def _set_targets(demo: Any, cycle: Cycle, place: int) -> None:
    units = {unit.key: unit for unit in Unit.objects.all()}
    for team, indicator, part, value in TARGETS:
        _set_target(demo, cycle, indicator, part, value, team=units[team])
    if place == 0:
        for indicator, part, wrong, _right in MISTAKES:
            _set_target(demo, cycle, indicator, part, wrong, person=demo.people[MISTAKEN])


def _set_target(
    demo: Any, cycle: Cycle, indicator: str, part: str, value: int, **whose: Any
) -> None:
    set_target(
        actor=demo.people["manager"],
        record=cycle,
        indicator=indicator,
        part=part,
        value=Decimal(value),
        **whose,
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
    on(17, 15, _take_to_file, cycle)
    if place == 0:
        on(20, 10, _reopen, cycle)
        on(21, 10, _fix_and_deliver, cycle)
        on(28, 9, _close, cycle, place)
        on(28, 16, _take_to_file, cycle)


def _fresh(participant: Participant) -> Participant:
    return Participant.objects.complete().get(pk=participant.pk)


def _form(demo: Any, participant: Participant, low: int, high: int) -> dict[str, Any]:
    shift = _shift(demo, participant)
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


def _shift(demo: Any, participant: Participant) -> int:
    username = participant.owner.username
    if username == demo.struggling:
        return SHIFTS["struggling"]
    if username == MISTAKEN and participant.cycle.start == demo.begins:
        return SHIFTS["mistaken"]
    return SHIFTS["leading"] if username in demo.leading else 0


def _review_oneself(demo: Any, participant: Participant) -> None:
    save_self_review(
        actor=demo.people[participant.owner.username],
        record=_fresh(participant),
        submit=True,
        **_form(demo, participant, 82, 93),
    )


def _evaluate(demo: Any, participant: Participant) -> None:
    save_evaluation(
        actor=demo.people[participant.superior.username],
        record=_fresh(participant),
        submit=True,
        **_form(demo, participant, 79, 92),
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
    for quarter, username, ground, decision in APPEALS:
        if quarter != place:
            continue
        participant = _of(cycle, username)
        line = values = None
        if decision == Decision.CHANGED:
            line = participant.lines.get(indicator="new_clients", part="number")
            values = {line.pk: (line.value or Decimal()) + 1}
        text = PLEAS[ground].format(month=cycle.end.month)
        appeal = _file(demo, participant, text, ground, line)
        if decision is not None:
            accept_appeal(actor=demo.people["manager"], record=appeal)
        if decision:
            _enter_decision(demo, diary, appeal, decision, FINDINGS[ground], values or {})


def _file(demo: Any, participant: Participant, text: str, ground: str, line: Any = None) -> Appeal:
    actor = demo.people[participant.owner.username]
    appeal = file_appeal(actor=actor, record=participant, ground=ground, text=text, line=line)
    return demo.keep("appeals", appeal)


def _enter_decision(
    demo: Any, diary: Any, appeal: Appeal, decision: str, findings: str, values: dict[int, Decimal]
) -> None:
    act = partial(
        decide_appeal,
        actor=demo.people["manager"],
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
    cases = ConsequenceCase.objects.filter(participant__cycle=cycle, status="open").order_by("pk")
    for case in cases.exclude(owner=demo.people[MISTAKEN]) if place == 0 else ():
        propose_measure(
            actor=demo.people["manager"], record=case, measure="warning", reason=MEASURE, said=SAID
        )
        request, leadership = latest(case), demo.people["leadership"]
        decide(actor=leadership, request=request, decision="approve", comment=AGREED)


def _reopen(demo: Any, cycle: Cycle) -> None:
    """Wrong targets made somebody fail: they are put right and everything is computed anew."""
    manager = demo.people["manager"]
    reopen_cycle(actor=manager, record=cycle, reason=REOPENED)
    for indicator, part, _wrong, right in MISTAKES:
        _set_target(demo, cycle, indicator, part, right, person=demo.people[MISTAKEN])
    collect_figures(actor=manager, record=Cycle.objects.get(pk=cycle.pk))
    _roll_up()


def _take_to_file(demo: Any, cycle: Cycle) -> None:
    """HR takes the workbook for the personnel files (A-5.5.1)."""
    people = cycle.participants.complete()
    held = len(under_appeal(people))
    record_export(
        actor=demo.people["hr"],
        record=Cycle.objects.get(pk=cycle.pk),
        exported=len(people) - held,
        held=held,
    )
