"""Background work of this room."""

from django.utils.translation import gettext_lazy as _

from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.notices import outbox
from expansion.notices.services import SEND


@registry.every(SEND, "*/5 * * * *", label=_("Send notices by e-mail"))
def send_mail(job: Job) -> dict:
    return outbox.send_waiting()
