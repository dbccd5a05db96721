"""Files of forms that never went through do not stay."""

from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.files.services import forget_drafts
from expansion.jobs import registry
from expansion.jobs.models import Job


@registry.every("files.forget_drafts", "40 3 * * *", label=_("Forget unsent files"))
def forget(job: Job) -> dict:
    return {"forgotten": forget_drafts(now=clock.now())}
