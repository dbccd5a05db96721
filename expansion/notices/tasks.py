"""Background work of this room."""

from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.notices import cases, mandates, outbox
from expansion.notices.posting import SEND
from expansion.rulebook.selectors import rules_on


@registry.every(SEND, "*/5 * * * *", label=_("Send notices by e-mail"))
def send_mail(job: Job) -> dict:
    return outbox.send_waiting()


@registry.every(
    "notices.mandates", "*/10 * * * *", label=_("Tell who begins and who stops to act for whom")
)
def tell_mandates(job: Job) -> dict:
    return {"told": mandates.tell_begun_and_ended()}


@registry.every(
    "notices.remind_of_cases",
    "50 8-18 * * *",  # a need may be due within hours (E7-3.1)
    label=_("Remind of what is to be done in time, once or again and again"),
)
def remind_of_cases(job: Job) -> dict:
    return cases.remind(now=clock.now(), rules=rules_on())
