"""Pages of background jobs: own ones for everybody, all and the timetable for administrators."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.jobs import selectors, services
from expansion.jobs.models import Heartbeat, Job
from expansion.jobs.tables import JOBS, state_badge
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import SIGNED_IN, May
from expansion.ui.pages import ActPage, DetailPage, ListPage, Screen


class JobList(ListPage):
    gate = SIGNED_IN
    listing = JOBS
    template = "jobs/job_list.html"
    empty = {
        "icon": "progress-check",
        "title": _("Nothing has run in the background yet"),
        "text": _("Long work, such as a large import or export, is shown here while it runs."),
    }

    def records(self):
        """Without the good runs of the timetable, which has a page of its own."""
        return Job.objects.exclude(key=services.TIMETABLE, state=Job.State.DONE)

    def context(self, page: Any) -> dict[str, Any]:
        timetable = access.can(self.request.user, "view", Heartbeat)
        return {**super().context(page), "may_see_timetable": timetable}


class JobDetail(DetailPage):
    """Polled by htmx every two seconds while the job runs; the last answer stops it."""

    gate = SIGNED_IN
    model = Job
    template = "jobs/job.html"
    fragment = "jobs/_job.html"

    def records(self):
        return Job.objects.select_related("actor")

    def context(self, record: Job) -> dict[str, Any]:
        person = self.request.user
        return {
            "state": state_badge(record),
            "waits_too_long": selectors.waits_too_long(record),
            "may_cancel": not record.is_finished and access.can(person, "cancel", record),
            "may_retry": record.state in {"failed", "cancelled"}
            and access.can(person, "retry", record),
            "sees_fault": access.can(person, "view", Heartbeat),
        }


class JobAct(ActPage):
    gate = SIGNED_IN
    model = Job
    form = ServiceForm

    def success_url(self, record: Job) -> str:
        return record.get_absolute_url()


class JobCancel(JobAct):
    action = "cancel"
    danger = True
    title = _("Cancel this job")
    verb = _("Cancel the job")
    done = _("The job is being stopped")

    def service(self, **values: Any) -> Job:
        return services.cancel_job(**values)


class JobRetry(JobAct):
    action = "retry"
    title = _("Start this job again")
    verb = _("Start again")
    done = _("The job is in the queue again")

    def service(self, **values: Any) -> Job:
        return services.retry_job(**values)


class Heartbeats(Screen):
    """The timetable: last and next run of each scheduled job, silent ones marked."""

    gate = May("view", Heartbeat)
    template = "jobs/heartbeats.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw({"rows": selectors.timetable_rows()})
