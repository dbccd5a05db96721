"""Background work of this app: thin, idempotent, by name."""

from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.rulebook.selectors import rules_on
from research.services import reminders


@registry.every("research.remind", "40 8 * * *", label=_("Remind of information that plans want"))
def remind(job: Job) -> dict:
    return reminders.remind(now=clock.now(), rules=rules_on())
