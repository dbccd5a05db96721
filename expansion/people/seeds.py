"""The 24 people of the demo department."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings

from expansion import worktime
from expansion.people.demo import demo_password_hash
from expansion.people.models import Membership, Post, Unit, User
from expansion.people.services import create_mandate, search_text

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


def sow(demo: Any) -> None:
    """Seats everybody since before the story begins; the pass phrase is the demo's."""
    since = date(demo.begins.year - 1, 1, 1)
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
            language=settings.LANGUAGE_CODE,
            search=search_text(name, username),
        )
        Membership.objects.create(user=user, unit=units[unit], post=posts[post], since=since)
        demo.people[username] = user
    _send_the_manager_away(demo)


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
