"""Background work of this room."""

from django.utils.translation import gettext_lazy as _

from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.notices import mandates, outbox
from expansion.notices.posting import SEND


@registry.every(SEND, "*/5 * * * *", label=_("Send notices by e-mail"))
def send_mail(job: Job) -> dict:
    return outbox.send_waiting()


@registry.every(
    "notices.mandates", "*/10 * * * *", label=_("Tell who begins and who stops to act for whom")
)
def tell_mandates(job: Job) -> dict:
    return {"told": mandates.tell_begun_and_ended()}
