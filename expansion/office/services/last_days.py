"""Who is told of a handover that is still open on the last day, or not accepted (R-exp-19)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import clock, worktime
from expansion.notices import ladders
from expansion.notices.services import Telling, tell_each
from expansion.office.models import Handover, HandoverItem
from expansion.people.models import Role, User
from expansion.people.selectors import holders
from expansion.rulebook.schema import Rules


@transaction.atomic
def remind_of_handovers() -> int:
    """Tells who opened it, the manager and HR from the last day on, once for each handover.

    One that was taken back is over.
    """
    open_ones = Handover.objects.exclude(status=Handover.Status.CLOSED).filter(undone_at=None)
    late = open_ones.filter(last_day__lte=clock.today()).select_related("person", "opened_by")
    keepers = _keepers()
    tellings = [
        _telling(record, person)
        for record in late
        for person in {one.pk: one for one in (*keepers, record.opened_by)}.values()
    ]
    return len(tell_each(tellings, kind="office.handover_open"))


def _keepers() -> list[User]:
    return [*holders(Role.MANAGER), *holders(Role.HR)]


def remind_of_acceptance(*, now: datetime, rules: Rules) -> int:
    """Tells those to whom something is offered to accept it by the leaver's last day, and once they
    are late with it; those above as the ladder says, unless `remind_of_handovers` tells them.
    Returns how many were told.

    Who stands above and may not read the handover hears of the receiver alone, not of whose it is.
    """
    owed, kind, ladder = list(_acceptances()), "office.handover", "handovers"
    told = ladders.remind(owed, now=now, kind=kind, ladder=ladder, rules=rules)
    outside = [_of_the_receiver(one) for one in owed]
    above = ladders.tell_late(
        outside, now=now, kind=kind, ladder=ladder, rules=rules, only_above=True
    )
    return sum(told.values()) + above


def _of_the_receiver(one: ladders.Owed) -> ladders.Owed:
    receiver = one.people[0]
    what, url = gettext_lazy("a handover to accept"), receiver.get_absolute_url()
    return replace(one, what=what, about=receiver, url=url)


def _acceptances() -> Iterator[ladders.Owed]:
    waiting = Handover.objects.filter(status=Handover.Status.OFFERED).select_related("person")
    keepers = _keepers()
    for record in waiting:
        offered = record.items.filter(status=HandoverItem.Status.OFFERED).order_by()
        told = frozenset({record.opened_by_id, *(one.pk for one in keepers)})
        for receiver in User.objects.filter(pk__in=offered.values("receiver")).order_by("pk"):
            yield ladders.Owed(
                people=(receiver,),
                due_at=worktime.end_of(record.last_day),
                what=lazy(partial(str, record), str)(),
                key=f"{record.pk}.{receiver.pk}.{record.last_day}",
                url=record.get_absolute_url(),
                about=record,
                told=told,
            )


def _telling(record: Handover, person: User) -> Telling:
    def title() -> str:
        words = {"name": record.person.name, "status": record.get_status_display()}
        return _("Last day of %(name)s, and the handover is: %(status)s") % words

    return Telling(
        person=person,
        title=lazy(title, str)(),
        text=record.reason[:200],
        url=record.get_absolute_url(),
        about=record,
        key=f"office.handover_open:{record.pk}:{record.last_day}",
    )
