"""Background work of this app: thin, idempotent, by name."""

from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.rulebook.selectors import rules_on
from partnerships.services import milestones


@registry.every(
    "partnerships.remind", "35 8 * * *", label=_("Remind of project milestones and checks")
)
def remind(job: Job) -> dict:
    return milestones.remind(now=clock.now(), rules=rules_on())
