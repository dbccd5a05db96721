"""Surveys of the demo department: two closed quarters that were reported on and whose measures were
carried out, one under way, one that waits for its report, and a draft."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from expansion import clock, offers, worktime
from expansion.guests.services import submit_pass
from expansion.rulebook.selectors import rules_on, version_on
from expansion.surveys.models import Invitation, Measure, Question, Questionnaire
from expansion.surveys.services import closing, inviting, measures, questionnaires

RUNS = "leader.client"
SOURCE = "crm.contracted"
MOST = 36
DAYS = 14  # that a survey is open
TITLE = "{year} 年第{quarter}季度客户满意度调查"
QUARTERS = "一二三四"
SPECIAL = "签约后首次活动回访问卷"
DRAFT = "member.client2", "企业年会套餐意见征集"
PURPOSE = "了解您对我们接待、场地和跟进的看法，用来改进服务。"
INTRO = "感谢您选择我们。六个问题，一分钟答完。"
QUESTIONS = (
    ("scale", "总体来说，您对我们的服务满意吗？", True, True, ""),
    ("scale", "场地和设备符合您的需要吗？", True, True, ""),
    ("scale", "业务人员的跟进是否及时、专业？", True, True, ""),
    ("yes_no", "提出的问题是否都得到了解决？", False, True, ""),
    ("choice", "您多久在我们这里办一次活动？", False, False, "每月\n每季度\n一年一两次"),
    ("text", "您最希望我们改进什么？", False, False, ""),
)
WISHES = (
    "周末大房难订，希望能提前两周锁定。",
    "点歌系统偶尔卡顿。",
    "合同盖章再快一点就好了。",
    "接待的小伙子很周到，谢谢。",
    "停车券能不能多给几张。",
    "发票开得慢，等了一周多。",
    "年会套餐的菜品可以再丰富些。",
)
SUMMARY = (
    "整体评价较好，跟进的及时性得分最高。意见集中在周末大房的预订和发票时效两处："
    "前者与门店排房规则有关，后者多在月底积压。"
)
MEASURES = (
    (
        *("企业客户周末大房提前十四天可锁定，与门店约定排房规则。", "leader.client", 30),
        "已与各门店约定：提前十四天锁定，逾期未付定金自动释放。",
    ),
    (
        *("发票申请当日提交财务，超过三个工作日由组长催办。", "member.client", 14),
        "已建催办表，每周五核对一次。",
    ),
)


def sow(demo: Any) -> None:
    """Each quarter asks three weeks before its end, and is closed and reported on within it."""
    diary = demo.diary()
    for quarter in demo.closed_quarters:
        asked = worktime.last_workday_on_or_before(quarter.end - timedelta(days=24))
        act = partial(_ask, demo, diary, RUNS, _title(quarter), "reported")
        diary.enter(demo.moment(asked, 10, 20), act)
    begun = worktime.last_workday_on_or_before(demo.today - timedelta(days=6))
    diary.enter(
        demo.moment(begun, 10, 20), partial(_ask, demo, diary, RUNS, _title(demo.quarter), "")
    )
    earlier = worktime.last_workday_on_or_before(demo.today - timedelta(days=22))
    diary.enter(demo.moment(earlier, 11, 10), partial(_ask, demo, diary, RUNS, SPECIAL, "closed"))
    yesterday = worktime.last_workday_on_or_before(demo.today - timedelta(days=1))
    diary.enter(demo.moment(yesterday, 16, 40), partial(_write, demo, *DRAFT))
    diary.play()


def _title(quarter: Any) -> str:
    place = (quarter.start.month - 1) // 3
    return TITLE.format(year=quarter.start.year, quarter=QUARTERS[place])


def _ask(demo: Any, diary: Any, runs: str, title: str, comes_to: str) -> None:
    """Written, sent, and answered by some in the days after."""
    actor = demo.acting(runs)
    record = _write(demo, runs, title)
    if not _invite(actor, record):
        return
    record = inviting.send_questionnaire(
        actor=actor, record=record, rules=rules_on(), rules_version=version_on(), base=""
    )
    for invitation in record.invitations.all():
        if demo.often(74):
            day = demo.workday(clock.today(), demo.chance.randrange(1, 9))
            diary.enter(demo.moment(day), partial(_answer, demo, runs, invitation))
    if comes_to:
        ends = demo.workday(record.valid_until + timedelta(days=1))
        act = partial(_end, demo, diary, runs, record, comes_to == "reported")
        diary.enter(demo.moment(ends, 9, 40), act)


def _write(demo: Any, runs: str, title: str) -> Questionnaire:
    actor = demo.acting(runs)
    record = questionnaires.create_questionnaire(
        actor=actor,
        rules=rules_on(),
        title=title,
        audience="clients",
        purpose=PURPOSE,
        intro=INTRO,
        valid_until=clock.today() + timedelta(days=DAYS),
    )
    for kind, text, required, counts, options in QUESTIONS:
        questionnaires.add_question(
            actor=actor, record=record, kind=kind, text=text, required=required, counts=counts,
            options=options,
        )  # fmt: skip
    return record


def _invite(actor: Any, record: Questionnaire) -> bool:
    """Whether enough clients are under contract to ask any."""
    source = next(one for one in offers.of(offers.SurveyAudience) if one.key == SOURCE)
    found = list(source.find(actor, "", MOST))
    if len(found) < rules_on().surveys.min_answers.value:
        return False
    keys = [one.key for one in found]
    inviting.invite(actor=actor, record=record, source=SOURCE, keys=keys)
    return True


def _answer(demo: Any, runs: str, invitation: Invitation) -> None:
    """By a link that was handed over; whose results are poor has less satisfied clients."""
    invitation.refresh_from_db()
    if not invitation.questionnaire.is_open:
        return
    actor = demo.acting(runs)
    _invitation, secret = inviting.make_link(actor=actor, record=invitation)
    poor = invitation.owner.username == demo.struggling
    values = {one.pk: _given(demo, one, poor) for one in invitation.questionnaire.questions.all()}
    submit_pass(secret=secret, values=values)


def _given(demo: Any, question: Question, poor: bool) -> Any:
    if question.kind == Question.Kind.TEXT:
        return demo.one(WISHES) if demo.often(40) else ""
    if question.kind == Question.Kind.CHOICE:
        return demo.chance.randrange(1, len(question.choices) + 1)
    if question.kind == Question.Kind.YES_NO:
        return int(demo.often(60 if poor else 90))
    return demo.one((2, 3, 3, 4) if poor else (3, 4, 4, 5, 5, 5))


def _end(demo: Any, diary: Any, runs: str, record: Questionnaire, reports: bool) -> None:
    """Closed by whoever runs it, then reported on with what is to become better, which is done in
    time."""
    record.refresh_from_db()
    actor = demo.acting(runs)
    closing.close_questionnaire(actor=actor, record=record)
    if not reports:
        return
    for text, username, days, done in MEASURES:
        measure = closing.add_measure(
            actor=actor,
            record=record,
            text=text,
            responsible=demo.people[username],
            due_on=_later(days),
        )
        day = demo.workday(_later(days - 5))
        diary.enter(demo.moment(day, 15, 30), partial(_carry_out, demo, username, measure, done))
    closing.report_questionnaire(actor=actor, record=record, summary=SUMMARY)


def _carry_out(demo: Any, username: str, measure: Measure, done: str) -> None:
    measures.finish_measure(
        actor=demo.acting(username), record=measure, done_on=clock.today(), done_note=done
    )


def _later(days: int) -> date:
    return clock.today() + timedelta(days=days)
