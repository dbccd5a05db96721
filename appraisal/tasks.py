"""Background work of this app."""

from django.utils.translation import gettext_lazy as _

from appraisal.models import Cycle
from appraisal.services.cycles import open_due_cycles
from appraisal.services.reminders import remind
from appraisal.services.rollup import roll_up
from expansion import worktime
from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.rulebook.selectors import rules_on


@registry.job("appraisal.roll_up", label=_("Collect the figures of a cycle"))
def collect(job: Job) -> dict:
    """Runs twice without harm: frozen figures stay."""
    cycle = Cycle.objects.select_related("rulebook").get(pk=job.arguments["cycle"])
    cycle = roll_up(actor=job.actor, record=cycle, progress=job.progress)
    return {
        "people": cycle.participants.count(),
        "url": cycle.get_absolute_url(),
        "label": str(cycle),
    }


@registry.every("appraisal.open_due_cycles", "10 0 * * *", label=_("Open appraisal cycles"))
def open_cycles(job: Job) -> dict:
    """Opens what fell due today, or in the days that were missed (A-5.3b)."""
    opened = open_due_cycles(worktime.today(), rules_on())
    return {"opened": len(opened)}


@registry.every("appraisal.remind", "15 8-18 * * *", label=_("Remind of appraisal steps"))
def remind_people(job: Job) -> dict:
    return {"told": remind()}
