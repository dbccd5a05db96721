"""Who is told of a handover that is still open on the last day (R-exp-19)."""

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import clock
from expansion.notices.services import Telling, tell_each
from expansion.office.models import Handover
from expansion.people.models import Role, User
from expansion.people.selectors import holders


@transaction.atomic
def remind_of_handovers() -> int:
    """Tells who opened it, the manager and HR from the last day on, once for each handover.

    One that was taken back is over.
    """
    open_ones = Handover.objects.exclude(status=Handover.Status.CLOSED).filter(undone_at=None)
    late = open_ones.filter(last_day__lte=clock.today()).select_related("person", "opened_by")
    keepers = [*holders(Role.MANAGER), *holders(Role.HR)]
    tellings = [
        _telling(record, person)
        for record in late
        for person in {one.pk: one for one in (*keepers, record.opened_by)}.values()
    ]
    return len(tell_each(tellings, kind="office.handover_open"))


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
