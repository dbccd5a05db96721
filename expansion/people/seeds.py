"""The 24 people of the demo department."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from expansion import worktime
from expansion.people.demo import demo_password_hash
from expansion.people.models import Membership, Post, Status, Token, Unit, User
from expansion.people.services.accounts import change_status, search_text
from expansion.people.services.levels import classify
from expansion.people.services.mandates import create_mandate
from expansion.people.services.tokens import create_token, revoke_token

# user name, name, unit, post; the first fourteen are the ones to log in as.
PEOPLE = (
    ("manager", "陈立群", "department", "manager"),
    ("deputy", "周敏", "department", "deputy"),
    ("leader.client", "林嘉", "client", "leader"),
    ("leader.partnership", "罗海涛", "partnership", "leader"),
    ("member.research", "何思远", "research", "member"),
    ("member.client", "许晴", "client", "member"),
    ("member.client2", "冯璐", "client", "member"),
    ("member.partnership", "高洁", "partnership", "member"),
    ("hr", "方蕾", "company", "hr"),
    ("legal", "郑琳", "company", "legal"),
    ("leadership", "沈国华", "company", "leadership"),
    ("admin", "孙宁", "company", "administrator"),
    ("finance", "韩雪", "company", "finance"),
    ("liaison", "吴桐", "company", "liaison"),
    ("zhao.yiming", "赵一鸣", "client", "member"),
    ("shen.jiayi", "沈嘉怡", "client", "member"),
    ("dan.yu", "单宇", "client", "member"),
    ("qian.wen", "钱文", "client", "member"),
    ("zeng.li", "曾莉", "research", "member"),
    ("qiu.hao", "仇浩", "research", "member"),
    ("tang.ke", "唐可", "partnership", "member"),
    ("ma.rui", "马瑞", "partnership", "member"),
    ("jiang.yun", "蒋芸", "department", "consolidator"),
    ("deng.bo", "邓博", "company", "liaison"),
)
# Presets name the regulation; the demo department belongs to a company.
HOUSE = {"name": "星澜 KTV · 拓展部", "name_en": "Xinglan KTV · Expansion"}
NEW, FORMER, LOCKED = "jiang.yun", "deng.bo", "qiu.hao"
# Who reads the system in another language than the department.
LANGUAGES = {"tang.ke": "zh-hant", "zeng.li": "en"}
LEFT = "调回加盟事业部，联络工作由吴桐接手。"
LOST = "手机遗失，先锁定账号，换卡后再开。"


def sow(demo: Any) -> None:
    """Seats everybody since before the story begins; the pass phrase is the demo's."""
    since = date(demo.begins.year - 1, 1, 1)
    Unit.objects.filter(key="department").update(**HOUSE)
    units = {unit.key: unit for unit in Unit.objects.all()}
    posts = {post.key: post for post in Post.objects.all()}
    password = demo_password_hash()
    for number, (username, name, unit, post) in enumerate(PEOPLE):
        user = User.objects.create(
            username=username,
            name=name,
            password=password,
            phone=f"+8613900{number:06d}",
            email=f"{username}@example.com",
            language=LANGUAGES.get(username, settings.LANGUAGE_CODE),
            status=Status.INVITED if username == NEW else Status.ACTIVE,
            search=search_text(name, username),
        )
        begins = demo.today if username == NEW else since
        Membership.objects.create(user=user, unit=units[unit], post=posts[post], since=begins)
        demo.people[username] = user
    _send_the_manager_away(demo)


def sow_late(demo: Any) -> None:
    """What the administrator did since yesterday, and the tokens of two programs."""
    yesterday = worktime.last_workday_on_or_before(demo.today - timedelta(days=1))
    with demo.at(demo.moment(yesterday, 17, 30)):
        for username, name, scope in (
            ("admin", "集团数据看板", Token.Scope.READ),
            ("member.client", "名片扫描程序", Token.Scope.WRITE),
        ):
            token, _secret = create_token(
                actor=demo.people[username],
                name=name,
                expires_on=demo.today + timedelta(days=180),
                scope=scope,
            )
        revoke_token(actor=demo.people["member.client"], token=token)
        change_status(
            actor=demo.people["admin"],
            record=demo.people[LOCKED],
            status=Status.LOCKED,
            reason=LOST,
        )


def _send_the_manager_away(demo: Any) -> None:
    """An afternoon long ago, two days out a fortnight ago, and a leave that runs today.

    Meanwhile the deputy acts (A-2.2.2a).
    """
    early = demo.workday(demo.begins + timedelta(days=20))
    past = demo.workday(demo.today - timedelta(days=16))
    running = worktime.last_workday_on_or_before(demo.today - timedelta(days=1))
    spans = [
        (demo.moment(early, 13, 0), demo.moment(early, 18, 0), "other"),
        (demo.moment(past, 9, 0), demo.moment(demo.workday(past, 1), 18, 0), "outing"),
        (demo.moment(running, 13, 0), demo.moment(demo.next_workday(1), 18, 0), "leave"),
    ]
    for starts_at, ends_at, reason in spans:
        with demo.at(starts_at - timedelta(hours=3)):
            mandate = create_mandate(
                actor=demo.people["manager"],
                principal=demo.people["manager"],
                delegate=demo.people["deputy"],
                starts_at=starts_at,
                ends_at=ends_at,
                reason=reason,
            )
        demo.keep("mandates", mandate)
        demo.absences.append((starts_at, ends_at))


def set_levels(demo: Any, records: Iterable[Any], reasons: Mapping[str, str]) -> None:
    """The manager keeps one record at each of these levels, two working days ago."""
    days = demo.workdays(demo.today - timedelta(days=20), demo.today - timedelta(days=1))
    with demo.at(demo.moment(days[-2], 16, 20)):
        for record, (level, reason) in zip(records, reasons.items(), strict=True):
            classify(actor=demo.people["manager"], record=record, level=level, reason=reason)
