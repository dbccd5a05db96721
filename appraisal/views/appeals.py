"""Pages of appeals and of the cases that follow from results."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from appraisal import forms, tables
from appraisal.access import turn_seats
from appraisal.desk import explaining
from appraisal.desk.cockpit import case_facts
from appraisal.desk.score import ScorePage
from appraisal.models import Appeal, ConsequenceCase, Evidence, Line
from appraisal.services import appeals, consequences
from appraisal.services.appeals import facts_are_late
from appraisal.views.scores import ParticipantAct, StatedAct, TabbedList
from expansion import access, metrics, worktime
from expansion.approvals.models import Request
from expansion.approvals.selectors import latest
from expansion.approvals.wording import role_label, step_label
from expansion.ui.pages import DetailPage
from expansion.worktime import Period


class AppealList(TabbedList):
    listing = tables.APPEALS
    tab = "appeals"
    empty = {
        "icon": "scale",
        "title": _("No appeals"),
        "text": _("Whoever contests a result does so on the page of the result."),
    }

    def records(self):
        return Appeal.objects.all()


class FileAppeal(ParticipantAct):
    """From the result's header, or in place beside one record in the drawer."""

    action = "appeal"
    form = forms.AppealForm
    title = _("Appeal")
    verb = _("File the appeal")
    done = _("Appeal filed")

    def allowed_now(self) -> None:
        appeals.appealed_now(self.record)

    def service(
        self, *, indicator: str = "", line: int | None, evidence: int | None, **values: Any
    ) -> Appeal:
        person = self.request.user
        own = self.record.lines.all()
        contested = self.find(Evidence.objects.filter(line__in=own), evidence) if evidence else None
        figure = access.find(person, Line.objects.filter(pk__in=own), line) if line else None
        return appeals.file_appeal(**values, line=figure, evidence=contested)

    def answer(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        """A refused contest comes back in its drawer, with what was typed."""
        indicator = form.data.get("indicator", "")
        if status == 200 or not indicator:
            return super().answer(form, status=status, **more)
        query = {"indicator": indicator, "contest": form.data.get("evidence", "")}
        page = ScorePage(self.request.user, self.record, query, refused=True)
        self.template = "appraisal/score.html"
        return self.draw({"record": self.record, "page": page, "form": form}, status=status)


class AppealDetail(DetailPage):
    model = Appeal
    template = "appraisal/appeal.html"

    def records(self):
        return Appeal.objects.select_related(
            "owner",
            "handler",
            "decided_for",
            "first",
            "second",
            "participant__cycle__rulebook",
            "participant__owner",
        )

    def context(self, record: Appeal) -> dict[str, Any]:
        rules, second = record.participant.cycle.rules, getattr(record, "second", None)
        prepared = list(record.preparations.select_related("by", "by_for"))
        steps = [step for step in prepared if step.at]
        return {
            "may": self._may(record, second),
            "steps": [{"step": step, "role": role_label(step.role)} for step in steps],
            "turn": next((step for step in prepared if step.since and not step.at), None),
            "lies_with": role_label(record.lies_with),
            "second": second,
            "tone": tables.APPEAL_TONES[record.status],
            "before": _shown(rules, record.before),
            "after": _shown(rules, record.after),
            "changed": _changed(record),
        }

    def _may(self, record: Appeal, second: Appeal | None) -> dict[str, bool]:
        """What this person can do here now; the services ask again."""
        person, status = self.request.user, record.status
        turn = bool(turn_seats(person, record)) and access.can(person, "accept", record)
        taken_up = status in (Appeal.Status.ACCEPTED, Appeal.Status.INVESTIGATED)
        further = record.may_go_further(worktime.now()) and second is None
        return {
            "accept": turn and status == Appeal.Status.FILED,
            "prepare": turn and taken_up and record.in_preparation,
            "decide": turn and taken_up and not record.in_preparation,
            "go_on": not turn and facts_are_late(record) and access.can(person, "accept", record),
            "further": further and access.can(person, "take_further", record),
            "files": access.can(person, "edit", record),
        }


def _changed(appeal: Appeal) -> list[dict[str, str]]:
    """The corrected figures with their values around the decision."""
    participant = appeal.participant
    names = explaining.indicator_labels(participant.cycle.rules, participant.indicators)
    before, after = appeal.before.get("figures", {}), appeal.after.get("figures", {})
    return [
        {
            "label": names[key.split(".")[0]],
            "before": _plain(before[key]),
            "after": _plain(after.get(key)),
        }
        for key in before
    ]


def _plain(value: str | None) -> str:
    return "—" if value is None else f"{Decimal(value).normalize():f}"


def _shown(rules: Any, state: dict[str, Any]) -> dict[str, Any] | None:
    if not state:
        return None
    return {**state, "level": explaining.verdict(rules, state["level"])}


class AppealAct(StatedAct):
    model = Appeal

    def records(self):
        return Appeal.objects.select_related("participant__cycle__rulebook", "owner", "first")

    def context(self, form: Any) -> dict[str, Any]:
        prepared = self.record.preparations.exclude(at=None).select_related("by")
        return super().context(form) | {"prepared": prepared}


class AcceptAppeal(AppealAct):
    action = "accept"
    form = forms.PlainForm
    title = _("Take up the appeal")
    verb = _("Take up")
    done = _("Appeal taken up")

    def allowed_now(self) -> None:
        appeals.taken_up_now(self.request.user, self.record)

    def service(self, **values: Any) -> Appeal:
        return appeals.accept_appeal(**values)


class HandOnAppeal(AppealAct):
    action = "prepare"
    form = forms.FactsForm
    template = "appraisal/decide.html"
    title = _("Gather the facts")
    note = _("Files stand on the page of the appeal; add them there before you hand it on.")
    verb = _("Hand on")
    done = _("Appeal handed on")

    def allowed_now(self) -> None:
        appeals.handed_on_now(self.record)

    def service(self, **values: Any) -> Appeal:
        return appeals.hand_on_appeal(**values)


class TakeFurther(AppealAct):
    action = "take_further"
    form = forms.FurtherForm
    template = "appraisal/further.html"
    title = _("Take the appeal to the second instance")
    note = _("The second instance decides once and for all.")
    verb = _("File the appeal")
    done = _("Appeal filed")

    def allowed_now(self) -> None:
        appeals.taken_further_now(self.record)

    def service(self, **values: Any) -> Appeal:
        return appeals.take_further(**values)


class DecideAppeal(AppealAct):
    action = "decide"
    form = forms.DecisionForm
    template = "appraisal/decide.html"
    title = _("Decide the appeal")
    verb = _("Decide the appeal")
    done = _("Appeal decided")

    def make_form(self, **given: Any) -> forms.DecisionForm:
        return forms.DecisionForm(
            person=self.request.user, appeal=self.record, labels=self.labels(), **given
        )

    def labels(self) -> dict[int, str]:
        """The figures that may be corrected: those contested, else all of the result."""
        participant = self.record.participant
        names = explaining.indicator_labels(participant.cycle.rules, participant.indicators)
        lines = participant.lines.all()
        if self.record.line_id:
            lines = lines.filter(indicator=self.record.line.indicator)
        return {line.pk: f"{names[line.indicator]} · {_part(line)}" for line in lines}

    def allowed_now(self) -> None:
        appeals.decided_now(self.record)

    def service(self, **values: Any) -> Appeal:
        return appeals.decide_appeal(**values)


def _part(line: Line) -> str:
    known = metrics.known().get(line.metric)
    label = _("Rating") if line.rated else known.label if known else line.part
    value = "—" if line.value is None else f"{line.value.normalize():f}"
    return f"{label} ({value})"


class CaseDetail(DetailPage):
    model = ConsequenceCase
    template = "appraisal/case.html"

    def records(self):
        return ConsequenceCase.objects.select_related(
            "owner", "team", "proposed_by", "participant__cycle__rulebook", "participant__owner"
        )

    def context(self, record: ConsequenceCase) -> dict[str, Any]:
        rules = record.participant.cycle.rules
        facts = [
            {
                "cycle": Period.parse(fact["cycle"]).label,
                "score": fact["score"],
                "level": explaining.verdict(rules, fact["level"]),
            }
            for fact in record.facts
        ]
        resting = consequences.is_suspended(record)
        shown, is_open = (
            case_facts(record, suspended=resting),
            record.status == ConsequenceCase.Status.OPEN,
        )
        why_not = consequences.why_not_yet(record) if is_open else ""
        may = is_open and not why_not
        return {
            "facts": facts,
            "why_not": consequences.RESTS if shown["suspended"] else why_not,
            "may_propose": may and access.can(self.request.user, "propose", record),
            "inside": self.decides(latest(record)),
            "proposer": step_label(record.proposer),
            "deciders": [step_label(step) for step in record.deciders],
            **shown,
        }

    def decides(self, request: Request | None) -> bool:
        return request is not None and access.can(self.request.user, "view", request)


class ProposeMeasure(StatedAct):
    model = ConsequenceCase
    action = "propose"
    title = _("Propose a measure")
    verb = _("Propose")
    done = _("Measure proposed")

    def records(self):
        return ConsequenceCase.objects.select_related("participant__cycle__rulebook", "owner")

    def make_form(self, **given: Any) -> forms.MeasureForm:
        return forms.MeasureForm(person=self.request.user, case=self.record, **given)

    def allowed_now(self) -> None:
        consequences.proposed_now(self.record)

    def service(self, **values: Any) -> ConsequenceCase:
        return consequences.propose_measure(**values)
