"""Who is told when somebody takes unusually much out of the house (R-exp-18).

The rulebook says what is much: rows of one export, rows of a day, numbers shown in full in a day.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.audit.models import Entry
from expansion.notices.services import tell
from expansion.people.models import Role, User
from expansion.people.selectors import holders
from expansion.rulebook.work import Confidentiality
from expansion.transfer.models import Export


def watch_exports(*, record: Export, limits: Confidentiality) -> None:
    """Tells of an export that is large by itself, and once a day of many that are so together."""
    if reaches(record.count, limits.alert_from.value):
        _tell(
            record.actor,
            kind="transfer.large_export",
            title=format_lazy(
                _("{name} exported {count} rows: {list}"),
                name=record.actor.name,
                count=record.count,
                list=record.label,
            ),
            url=record.get_absolute_url(),
            about=record,
            key=f"large-export:{record.pk}",
        )
    begun, ended = today()
    rows = Export.objects.filter(
        actor=record.actor, created_at__gte=begun, created_at__lt=ended
    ).exclude(status__in=Export.UNWRITTEN)
    total = rows.aggregate(total=Sum("count"))["total"] or 0
    if reaches(total, limits.alert_daily.value):
        _tell(
            record.actor,
            kind="transfer.many_exports",
            title=format_lazy(
                _("{name} has exported {count} rows today"), name=record.actor.name, count=total
            ),
            url=f"{reverse('transfer:export-list')}?actor={record.actor_id}",
            about=record,
            key=f"many-exports:{record.actor_id}:{begun:%Y%m%d}",
        )


def watch_reveals(*, actor: User, verb: str, limits: Confidentiality) -> None:
    """Tells once a day of somebody who has many numbers shown in full; `verb` is the act."""
    begun, ended = today()
    shown = Entry.objects.filter(actor=actor, verb=verb, at__gte=begun, at__lt=ended).count()
    if reaches(shown, limits.alert_reveals.value):
        _tell(
            actor,
            kind="transfer.many_reveals",
            title=format_lazy(
                _("{name} has had {count} numbers shown in full today"),
                name=actor.name,
                count=shown,
            ),
            url=actor.get_absolute_url(),
            about=actor,
            key=f"many-reveals:{actor.pk}:{begun:%Y%m%d}",
        )


def today() -> tuple[datetime, datetime]:
    """The moments between which the department's day lies."""
    day = clock.today()
    return clock.moment_on(day, time.min), clock.moment_on(day + timedelta(days=1), time.min)


def reaches(count: int, figure: int) -> bool:
    """Whether so many are much; a figure of zero never is reached."""
    return 0 < figure <= count


def _tell(person: User, **notice: Any) -> None:
    """The manager, and of the manager's own the leadership."""
    managers = [one for one in holders(Role.MANAGER) if one.pk != person.pk]
    told = managers or [one for one in holders(Role.LEADERSHIP) if one.pk != person.pk]
    tell(people=told, actor=person, **notice)
