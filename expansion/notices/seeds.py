"""The notices of the demo department: those of the last days, read but for the newest few."""

from datetime import time, timedelta
from typing import Any

from expansion.notices.desk import create_robot, reword
from expansion.notices.events import Group
from expansion.notices.models import Notice, Robot, Wish
from expansion.notices.services import choose_channels, read_all

UNREAD = 4  # of each person; more where they came at one moment
BY_MAIL = "leadership"


def sow(demo: Any) -> None:
    """Everybody has read what came, except the newest; one person wants mails from now on;
    robots wait for their addresses, and one event has words of the house's own."""
    with demo.at(demo.now - timedelta(minutes=5)):
        choose_channels(
            actor=demo.people[BY_MAIL],
            wishes={Group.APPROVALS: Wish.AT_ONCE, Group.DEADLINES: Wish.DIGEST},
            quiet_from=time(22),
            quiet_to=time(7),
        )
        for person in demo.people.values():
            told = Notice.objects.listed().filter(person=person).order_by("-at", "-pk")
            newest = list(told.values_list("at", flat=True)[:UNREAD])
            older = told.filter(at__lt=newest[-1]).first() if newest else None
            if older is not None:
                read_all(actor=person, until=older.at)
    _robots(demo)
    _wordings(demo)
    demo.made["notices"] = list(Notice.objects.order_by("pk"))


ROBOTS = (
    ("拓展部群", Robot.Kind.WECOM, "ROBOT_DEPARTMENT", "zh-hans"),
    ("客戶開發小組", Robot.Kind.DINGTALK, "ROBOT_CLIENT", "zh-hant"),
    ("Regional office", Robot.Kind.FEISHU, "ROBOT_REGION", "en"),
)
WORDINGS = {
    "zh-hans": "请按时提交：{report}（{due}）",
    "zh-hant": "請按時提交：{report}（{due}）",
    "en": "Please hand in {report}, due {due}",
}


def _robots(demo: Any) -> None:
    """One of each platform; none of them is in use, as none has an address here."""
    demo.made["robots"] = [
        create_robot(
            actor=demo.people["admin"],
            name=name,
            kind=kind,
            variable=variable,
            groups=[Group.DEADLINES],
            language=language,
            is_active=False,
        )
        for name, kind, variable, language in ROBOTS
    ]


def _wordings(demo: Any) -> None:
    demo.made["wordings"] = [
        reword(actor=demo.people["admin"], kind="office.report_due", language=one, title=words)
        for one, words in WORDINGS.items()
    ]
