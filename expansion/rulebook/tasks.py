"""Nightly work over the rulebook: the department follows the version of the day."""

from django.utils.translation import gettext_lazy as _

from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.rulebook.services.following import follow_versions


# Before the groups of the teams are kept and appraisals are opened.
@registry.every(
    "rulebook.follow_versions", "2 0 * * *", label=_("Let posts and teams follow the regulation")
)
def follow(job: Job) -> dict:
    return {"followed": follow_versions()}
