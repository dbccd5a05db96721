"""Putting into the outbox what leaves the house, in the transaction of what it tells of."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q
from django.urls import reverse

from expansion import clock
from expansion.jobs.services import enqueue
from expansion.notices.events import FOR_ROBOTS, Group, group_of
from expansion.notices.hours import digest_at, leaves_at, working_moment
from expansion.notices.models import Mail, Notice, Preference, Robot, Wish
from expansion.people.selectors import Tree, members_on
from expansion.rulebook.selectors import rules_on

SEND = "notices.send_mail"
TOGETHER_WITHIN = timedelta(minutes=5)


def post(read: list[Notice], told: list[Notice], *, everybody: bool = False) -> None:
    """Stores the e-mails of what people `read`, by their wishes, and a line per robot of all that
    was `told`. What concerns account and security goes to `everybody` who has an address, at once.
    """
    rows = [*_mails(read, everybody), *_lines(told)] if told else []
    if rows:
        Mail.objects.bulk_create(rows, ignore_conflicts=True)
        enqueue(SEND, key="outbox")


def _mails(notices: list[Notice], everybody: bool) -> list[Mail]:
    reached = [notice for notice in notices if notice.person.email]
    if everybody or group_of(notices[0].kind) is Group.SECURITY:
        return [_mail(notice, notice.at) for notice in reached]
    return _wished(reached) if reached else []


def _wished(notices: list[Notice]) -> list[Mail]:
    """One for each notice that its person wants by e-mail, at the moment the person wants it."""
    kind, moment = notices[0].kind, notices[0].at
    group, people = group_of(kind), [notice.person_id for notice in notices]
    found = {one.person_id: one for one in Preference.objects.filter(person__in=people)}
    wanting = {pk: one for pk, one in found.items() if one.wish(group) is not Wish.NEVER}
    if not wanting:
        return []
    calendar = rules_on().working_time.as_calendar()
    at_once = [pk for pk, one in wanting.items() if one.wish(group) is Wish.AT_ONCE]
    before = _latest("person", at_once, kind, moment)

    def mail(notice: Notice) -> Mail:
        wishes = wanting[notice.person_id]
        if wishes.wish(group) is Wish.DIGEST:
            return _mail(notice, digest_at(moment, wishes, calendar), digest=True)
        free = leaves_at(moment, wishes, calendar)
        return _mail(notice, _after(free, before.get(notice.person_id)))

    return [mail(notice) for notice in notices if notice.person_id in wanting]


def _lines(notices: list[Notice]) -> Iterator[Mail]:
    """What each robot says of it: how many matters of which kind, and where to read on; in the
    working hours, what happens at night in the morning."""
    kind, moment = notices[0].kind, notices[0].at
    group = group_of(kind)
    if group not in FOR_ROBOTS:
        return
    robots = [one for one in Robot.objects.filter(is_active=True) if group in one.groups]
    if not robots:
        return
    calendar = rules_on().working_time.as_calendar()
    before = _latest("robot", [one.pk for one in robots], kind, moment)
    for robot in robots:
        places = sorted({notice.url for notice in _of_team(notices, robot)})
        if places:
            place = places[0] if len(places) == 1 else reverse("notices:notice-list")
            together = _after(working_moment(moment, calendar), before.get(robot.pk))
            yield Mail(
                robot=robot,
                kind=kind,
                count=len(places),
                url=place,
                message_id=message_id(),
                ready_at=working_moment(together, calendar),
            )


def _of_team(notices: list[Notice], robot: Robot) -> list[Notice]:
    """Those that people of the robot's team are told; of a robot without a team all."""
    if robot.team_id is None:
        return notices
    team = {one.pk for one in members_on(Tree().below(robot.team_id), clock.today())}
    return [notice for notice in notices if notice.person_id in team]


def _latest(
    whose: str, receivers: Collection[int], kind: str, moment: datetime
) -> dict[int, datetime]:
    """When each receiver's last message of this kind left or will leave."""
    if not receivers:
        return {}
    found = Mail.objects.filter(
        Q(attempts=0) | Q(state=Mail.State.SENT),
        **{f"{whose}__in": receivers},
        kind=kind,
        digest=False,
        ready_at__gt=moment - TOGETHER_WITHIN,
    )
    return dict(found.order_by().values_list(whose).annotate(Max("ready_at")))


def _after(free: datetime, before: datetime | None) -> datetime:
    """When a message leaves that may from `free` on: with one that waits, or some minutes after
    one that has just left, so that what comes in a burst comes together."""
    if before is None or abs(before - free) >= TOGETHER_WITHIN:
        return free
    return before if before >= free else before + TOGETHER_WITHIN


def _mail(notice: Notice, ready_at: datetime, *, digest: bool = False) -> Mail:
    return Mail(
        notice=notice,
        person_id=notice.person_id,
        kind=notice.kind,
        to=notice.person.email,
        digest=digest,
        message_id=message_id(),
        ready_at=ready_at,
    )


def message_id() -> str:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return f"<{uuid.uuid4().hex}@{host}>"
