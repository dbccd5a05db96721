"""What has failed to leave the house: a card of those who keep it, and a notice a day."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.notices.models import Mail
from expansion.notices.services import tell
from expansion.people.models import Role
from expansion.people.selectors import holders

FAILED = "notices.failed"
SHOWN = timedelta(days=7)  # what failed before has been seen, and stands in the log


def failed_url() -> str:
    return f"{reverse('notices:sent-list')}?view=failed"


def failed_lately() -> int:
    """How many messages were given up of late and have not been sent again."""
    failed = Mail.objects.failed_since(clock.now() - SHOWN)
    return failed.order_by().values("batch").distinct().count()


def tell_of_failures() -> None:
    """Tells the administrators, once a day, that something could not be sent."""
    tell(
        people=holders(Role.ADMINISTRATOR),
        kind=FAILED,
        title=_("Messages could not be sent"),
        text=_("The log says to whom and why; they can be sent again there."),
        url=failed_url(),
        key=f"{FAILED}:{clock.today()}",
    )


def card(person: Any) -> dict[str, Any] | None:
    """What the first page of an administrator says of it; None where all has left."""
    if not person.holds(Role.ADMINISTRATOR):
        return None
    failed = failed_lately()
    return {"failed": failed, "url": failed_url()} if failed else None
