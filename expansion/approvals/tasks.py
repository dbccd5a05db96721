"""Jobs of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import worktime
from expansion.approvals.reminders import remind
from expansion.jobs import registry
from expansion.jobs.models import Job


@registry.every("approvals.remind", "*/15 * * * *", label=_("Remind of approvals"))
def send_reminders(job: Job) -> dict[str, int]:
    return remind(worktime.now())
