"""Pages of cycles: the cockpit and the acts of those who run it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appraisal import forms, tables
from appraisal.desk.cockpit import Cockpit, target_row
from appraisal.models import Cycle, Participant, Stage, Target
from appraisal.roster import appraised
from appraisal.selectors import knows_appeals
from appraisal.services import cycles, participation, reminders, results
from appraisal.tables import STAGE_TONES
from appraisal.views.scores import StatedAct, TabbedList
from expansion import access, worktime
from expansion.people.models import Role, User
from expansion.ui.attachments import XLSX
from expansion.ui.forms import ReasonForm
from expansion.ui.gates import Held, May
from expansion.ui.pages import ActPage, DetailPage, Screen


class CycleList(TabbedList):
    listing = tables.CYCLES
    gate = Held(Role.MANAGER, Role.HR, Role.LEADERSHIP)
    tab = "cycles"
    empty = {
        "icon": "calendar-stats",
        "title": _("No cycles yet"),
        "text": _("They are planned by themselves from the rulebook, each night."),
    }

    def records(self):
        return Cycle.objects.all()


class CycleDetail(DetailPage):
    """Steps, people, appeals, workbook and roll-up of one cycle."""

    model = Cycle
    gate = Held(Role.MANAGER, Role.HR, Role.LEADERSHIP)
    template = "appraisal/cycle.html"
    fragment = "appraisal/_cycle.html"

    def records(self):
        return Cycle.objects.select_related("rulebook")

    def context(self, record: Cycle) -> dict[str, Any]:
        cockpit = Cockpit(self.request.user, record, self.request.GET.get("view", ""))
        return {"cockpit": cockpit, "may": cockpit.may, "tone": STAGE_TONES[record.at]}


class CycleAct(StatedAct):
    model = Cycle
    form = forms.PlainForm

    def records(self):
        return Cycle.objects.select_related("rulebook")

    def success_url(self, record: Any) -> str:
        return reverse("appraisal:cycle", args=[self.kwargs["pk"]])


class Open(CycleAct):
    action = "open"
    title = _("Open the cycle")
    verb = _("Open")
    done = _("Cycle opened. The figures are being collected.")

    def allowed_now(self) -> None:
        cycles.opens_now(self.record)

    def service(self, **values: Any) -> Any:
        return cycles.open_cycle(**values)


class Collect(CycleAct):
    action = "collect"
    title = _("Collect the figures")
    verb = _("Collect")
    done = _("The figures are being collected.")

    def allowed_now(self) -> None:
        cycles.collects_now(self.record)

    def service(self, **values: Any) -> Any:
        return cycles.collect_figures(**values)


class Nudge(CycleAct):
    """Everybody who is waited for, or the person that `participant` names."""

    action = "nudge"
    title = _("Remind those who are missing")
    note = _("Everybody whose step is open or who has not confirmed gets one notice.")
    verb = _("Remind")
    done = _("Reminded")

    def allowed_now(self) -> None:
        reminders.waited_for(self.record)

    def service(self, **values: Any) -> Any:
        pk = self.request.POST.get("participant")
        chosen = self.find(Participant.objects.filter(cycle=self.record), pk) if pk else None
        return reminders.nudge(**values, participant=chosen)


class FixAll(CycleAct):
    action = "fix"
    title = _("Fix all scores")
    note = _(
        "Every score that waits for you is fixed as it stands. Adjust first where one is wrong."
    )
    verb = _("Fix all")
    done = _("Scores fixed")

    def allowed_now(self) -> None:
        results.to_be_fixed(self.request.user, self.record)

    def service(self, **values: Any) -> Any:
        return results.fix_results(**values)


class Deliver(CycleAct):
    action = "deliver"
    title = _("Deliver the results")
    verb = _("Deliver")

    @property
    def note(self) -> Any:
        if knows_appeals(self.record.rules):
            return _("Every fixed score is shown to its person, and the window for appeals begins.")
        return _("Every fixed score is shown to its person, who confirms it.")

    @property
    def done(self) -> Any:
        if knows_appeals(self.record.rules):
            return _("Results delivered. The appeal window runs.")
        return _("Results delivered.")

    def allowed_now(self) -> None:
        results.to_be_delivered(self.request.user, self.record)

    def service(self, **values: Any) -> Any:
        return results.deliver_results(**values)


class Close(CycleAct):
    action = "close"
    title = _("Close the cycle")
    note = _("The results apply as they stand, until somebody reopens the cycle with a reason.")
    verb = _("Close")
    done = _("Cycle closed")

    def allowed_now(self) -> None:
        cycles.closes_now(self.record)

    def service(self, **values: Any) -> Any:
        return cycles.close_cycle(**values)


class Reopen(CycleAct):
    action = "reopen"
    form = ReasonForm
    title = _("Reopen the cycle")
    note = _("The figures are collected anew from the records. What an appeal has corrected stays.")
    verb = _("Reopen")
    done = _("Cycle reopened. Collect the figures when the records are right.")

    def allowed_now(self) -> None:
        cycles.reopens_now(self.record)

    def service(self, **values: Any) -> Any:
        return cycles.reopen_cycle(**values)


class TakeIn(CycleAct):
    """Offers whoever would be appraised and is not in the cycle."""

    action = "open"
    form = forms.TakeInForm
    title = _("Take somebody in")
    note = _("Who held a post on the last day of the period and was left out can be taken in.")
    verb = _("Take in")
    done = _("Taken into the cycle")

    def make_form(self, **given: Any) -> forms.TakeInForm:
        within = set(self.record.participants.values_list("owner_id", flat=True))
        found = appraised(self.record.rules, self.record.end)
        people = [one.person for one in found if one.person.pk not in within]
        return self.form(person=self.request.user, people=people, **given)

    def service(self, **values: Any) -> Any:
        return participation.take_in(**values)


class TakeOut(ActPage):
    model = Participant
    action = "view"  # Whoever sees the appraisal is told that it is the cycle's to decide.
    form = ReasonForm
    danger = True
    title = _("Take out of the cycle")
    note = _("The person is told why. What was counted, and a draft, go with it.")
    verb = _("Take out")
    done = _("Taken out of the cycle")

    def records(self):
        return Participant.objects.complete()

    def load(self, pk: int | None) -> None:
        super().load(pk)
        access.require(self.request.user, "open", self.record.cycle)

    def context(self, form: Any) -> dict[str, Any]:
        title = f"{self.title} · {self.record.owner.name}"
        cycle = self.record.cycle.get_absolute_url()
        return super().context(form) | {"title": title, "cancel_url": cycle}

    def service(self, **values: Any) -> Cycle:
        return participation.take_out(**values)


class SetTarget(CycleAct):
    action = "target"
    form = forms.TargetForm
    title = _("Set a target")
    verb = _("Save")
    done = _("Target saved")

    def make_form(self, **given: Any) -> forms.TargetForm:
        return self.form(person=self.request.user, cycle=self.record, people=self.people(), **given)

    def people(self) -> list[User]:
        """Who takes part; before the opening, who would today."""
        cycle = self.record
        if cycle.at != Stage.PLANNED:
            return [one.owner for one in cycle.participants.select_related("owner")]
        found = appraised(cycle.rules, min(cycle.end, worktime.today()))
        return [one.person for one in found]

    def service(self, **values: Any) -> Any:
        return cycles.set_target(**values)


class RemoveTarget(ActPage):
    model = Target
    form = forms.PlainForm
    danger = True
    title = _("Remove the target")
    verb = _("Remove")
    done = _("Target removed")

    def records(self):
        return Target.objects.select_related("cycle__rulebook", "person", "team")

    @property
    def note(self) -> str:
        row = target_row(self.record)
        return f"{row['what']} · {row['whose']} · {row['value']}"

    def context(self, form: Any) -> dict[str, Any]:
        return super().context(form) | {"cancel_url": self.record.cycle.get_absolute_url()}

    def service(self, **values: Any) -> Cycle:
        return cycles.remove_target(**values)


class Workbook(Screen):
    """Downloads the workbook; each download is logged and watermarked, so it is a POST."""

    gate = May("export", Cycle)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        from appraisal.transfer import cycle_workbook  # openpyxl is read with the first workbook

        cycle = self.find(Cycle.objects.select_related("rulebook"), pk)
        access.require(request.user, "export", cycle)
        name, content = cycle_workbook(actor=request.user, record=cycle)
        response = HttpResponse(content, content_type=XLSX)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
