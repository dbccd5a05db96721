"""Background work of this app: thin, idempotent, by name."""

from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.jobs import registry
from expansion.jobs.models import Job
from training.services import remind


@registry.every("training.remind", "40 8 * * *", label=_("Remind of training"))
def remind_of_sessions(job: Job) -> dict:
    return remind(now=clock.now())
