"""The work reports of the demo department: the past weeks handed in, late or missing."""

from datetime import timedelta
from functools import partial
from typing import Any

from expansion import clock, worktime
from expansion.office.models import WorkReport
from expansion.office.services.reports import (
    comment_report,
    draft_report,
    open_reports,
    read_report,
    submit_report,
)
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period

WEEKS = 3
FORGETFUL = "zeng.li"  # who drafted last week's and has not sent it
PROBLEMS = (
    "周末大房不够，希望门店提前两天释放未付订金的房间。",
    "两家客户要求月结，需要财务给出统一口径。",
    "画册只剩十几份，请安排加印。",
    "江北客户路程远，建议两个人错开走，减少空跑。",
    "对手本周又降价，想申请一次性的体验券支持。",
    "暂无。",
    "合同审批比上周快，希望保持；发票仍要催。",
    "下午场套餐的成本还没有算清，报价不敢放开。",
)
PLANS = (
    "跟进上周的三份报价，争取签下一份",
    "拜访浦口和江宁的新客户，各安排半天",
    "整理竞品价格表，周三前发给小组",
    "回访本月到期的合同客户，谈续签",
    "参加周二的门店协调会，确认旺季锁房办法",
    "把未联系满三十天的客户打一遍电话",
    "补齐客户资料中的统一社会信用代码",
    "准备下周的方案讲解，先在小组内试讲一次",
)
REMARKS = (
    "数字清楚，下周把续签的进度单列一行。",
    "问题提得好，锁房的事我来协调。",
    "计划偏满，先保证两份合同落地。",
)


def sow(demo: Any) -> None:
    """Some past weeks and the running one; deadlines and marks follow from the rulebook."""
    diary, week = demo.diary(), Period.containing("week", demo.today)
    for back in range(WEEKS, -1, -1):
        past = Period.containing("week", week.start - timedelta(days=7 * back))
        moment = demo.moment(demo.workday(past.start), 8, 30)
        diary.enter(min(moment, demo.now), partial(_open, demo, diary, past))
    diary.play()


def _open(demo: Any, diary: Any, week: Period) -> None:
    opened = open_reports(rules=rules_on(), period=week)
    for row in opened:
        demo.keep("work_reports", row)
        _enter(demo, diary, row, week)


def _enter(demo: Any, diary: Any, row: WorkReport, week: Period) -> None:
    """Most hand in before the deadline, some after it, a few never; the running week is drafted."""
    hours = demo.chance.choices((-3, -1, 17, 66), (60, 25, 9, 4))[0]
    moment = row.due_at + timedelta(hours=hours, minutes=demo.chance.randrange(5, 50, 5))
    username, last = row.owner.username, Period.containing("week", demo.today).previous()
    if username == demo.struggling and (week == last or demo.often(30)):
        return  # never begun, never handed in
    drafted = min(row.due_at - timedelta(hours=5), demo.now)
    if drafted < demo.now or demo.often(70):
        diary.enter(drafted, partial(draft_report, actor=None, record=row))
    if (username, week) != (FORGETFUL, last):
        diary.enter(moment, partial(_submit, demo, diary, row))


def _submit(demo: Any, diary: Any, row: WorkReport) -> None:
    row.refresh_from_db()
    done = row.texts.get("done") or "整理客户资料，参加部门例会和门店协调会。"
    submit_report(
        actor=demo.people[row.owner.username],
        record=row,
        texts={
            "done": done,
            "next": row.texts.get("next", ""),
            "problems": demo.one(PROBLEMS),
        },
        plan=demo.chance.sample(PLANS, 3),
        results=[
            {"outcome": demo.one(("done", "done", "moved")), "note": ""} for _line in row.results
        ],
    )
    if demo.often(70):
        monday = demo.moment(demo.workday(worktime.local_date(clock.now()) + timedelta(days=2)), 9)
        diary.enter(monday, partial(_read, demo, row))


def _read(demo: Any, row: WorkReport) -> None:
    row.refresh_from_db()
    reader = demo.manager_on(clock.now())
    if reader.pk == row.owner_id:
        return
    if demo.often(20):
        comment_report(actor=reader, record=row, text=demo.one(REMARKS))
    else:
        read_report(actor=reader, record=row)
