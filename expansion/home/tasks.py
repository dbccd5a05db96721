"""Background work of this room."""

from django.utils.translation import gettext_lazy as _

from expansion.home.calendar_alarm import warn_of_provisional_years
from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.rulebook.working_days import department_calendar


@registry.every(
    "home.warn_of_provisional_years",
    "35 8 * * *",
    label=_("Warn of a year whose calendar is not out"),
)
def warn(job: Job) -> dict:
    return {"told": warn_of_provisional_years(calendar=department_calendar())}
