"""The list of jobs."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion.jobs.models import Job
from expansion.ui.listing import Column, Filter, Listing
from expansion.ui.templatetags.ui import badge

TONES = {
    Job.State.WAITING: "neutral",
    Job.State.RUNNING: "info",
    Job.State.DONE: "done",
    Job.State.FAILED: "late",
    Job.State.CANCELLED: "neutral",
}


def state_badge(job: Job) -> SafeString:
    return badge(TONES[Job.State(job.state)], job.get_state_display())


def share_done(job: Job) -> str:
    return f"{job.done:,} / {job.total:,}" if job.total else ""


JOBS = Listing(
    key="jobs.jobs",
    model=Job,
    label=_("Background jobs"),
    name=_("Job"),
    url=lambda job: job.get_absolute_url(),
    columns=[
        Column(
            "state", _("State"), lambda job: job.get_state_display(), sort="state", cell=state_badge
        ),
        Column("progress", _("Progress"), share_done),
        Column("actor", _("Asked for by"), lambda job: job.actor.name if job.actor else ""),
        Column("created", _("Asked for"), lambda job: job.created_at, "moment", sort="created_at"),
        Column("finished", _("Ended"), lambda job: job.finished_at, "moment", sort="finished_at"),
    ],
    filters=[
        Filter(
            "state",
            _("State"),
            lambda person: Job.State.choices,
            lambda records, key: records.filter(state=key),
        )
    ],
    prepare=lambda records: records.select_related("actor"),
)
