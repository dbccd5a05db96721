"""Pages of surveys: the list, a questionnaire with its questions and recipients, its results."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.rulebook.selectors import rules_on, version_on
from expansion.surveys import forms, tables
from expansion.surveys.models import Invitation, Measure, Question, Questionnaire
from expansion.surveys.selectors import audience_label, results, visible_labels, with_counts
from expansion.surveys.services import closing, inviting, measures, printing, questionnaires
from expansion.transfer.models import Export
from expansion.transfer.services.exports import export
from expansion.ui import formats
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage, Screen
from expansion.ui.templatetags.ui import badge

Status = Questionnaire.Status
NAMED = 200  # recipients on one page


class SurveyList(ListPage):
    listing = tables.SURVEYS
    create_route = "surveys:create"
    create_label = lazy("New questionnaire")
    export_route = "transfer:export-create"
    empty = {
        "icon": "mood-smile",
        "title": lazy("Nobody was asked yet"),
        "text": lazy("Write a questionnaire, choose whom to ask, and send it."),
    }

    def records(self):
        return Questionnaire.objects.live()


class SurveyDetail(DetailPage):
    """What is asked, who was asked and how far it is; once it is over, what the answers say."""

    model = Questionnaire
    template = "surveys/questionnaire.html"

    def records(self):
        return with_counts(Questionnaire.objects.live().select_related("owner", "team"))

    def context(self, record: Questionnaire) -> dict[str, Any]:
        person = self.request.user
        return {
            "badge": tables.status_badge(record),
            "facts": facts(record),
            "questions": list(record.questions.all()),
            "results": results(record) if record.is_over else None,
            "measures": measure_rows(person, record),
            "sees_list": access.can(person, "view", Questionnaire),
            **self._recipients(record),
            **acts(person, record),
        }

    def _recipients(self, record: Questionnaire) -> dict[str, Any]:
        """Whoever was asked, by name where the person sees their record."""
        asked = list(record.invitations.all()[:NAMED])
        seen = visible_labels(self.request.user, asked)
        rows = [
            {"invitation": one, "badge": invitation_badge(one, record)}
            for one in asked
            if one.pk in seen
        ]
        return {"recipients": rows, "unseen": record.invited - len(rows)}


def facts(record: Questionnaire) -> list[dict[str, Any]]:
    found = [
        {"label": _("Who is asked"), "value": audience_label(rules_on(), record.audience)},
        {"label": _("Answers until"), "value": formats.day_as("full", record.valid_until)},
        {"label": _("Answered"), "value": tables.returned(record)},
        {"label": _("Run by"), "value": record.owner.name, "note": record.team.name},
    ]
    if record.sent_at:
        found.append({"label": _("Sent"), "value": formats.day_as("full", record.sent_at)})
    if record.closed_at:
        found.append({"label": _("Closed"), "value": formats.day_as("full", record.closed_at)})
    return found


def measure_rows(person: Any, record: Questionnaire) -> list[dict[str, Any]]:
    """What is to become better, how it stands, and what this person may do about it."""
    runs = access.can(person, "edit", record)
    reported = record.status == Status.REPORTED
    today = clock.today()
    return [
        {
            "measure": one,
            "overdue": reported and one.is_overdue(today),
            "may_finish": reported and not one.done_on and access.can(person, "complete", one),
            "may_reopen": reported and one.done_on and runs,
        }
        for one in record.measures.select_related("responsible", "done_by")
    ]


def acts(person: Any, record: Questionnaire) -> dict[str, bool]:
    runs, status = access.can(person, "edit", record), record.status
    reports = status == Status.CLOSED and access.can(person, "report", record)
    return {
        "may_edit": runs and status == Status.DRAFT,
        "may_invite": runs and (status == Status.DRAFT or record.is_open),
        "may_link": runs and record.is_open,
        "may_close": runs and status == Status.SENT,
        "may_report": reports,
        "may_copy": access.can(person, "create", Questionnaire),
        "may_export": record.is_over and access.can(person, "export", record),
    }


def invitation_badge(one: Invitation, record: Questionnaire) -> str:
    if one.answered_on:
        return badge("done", _("answered"))
    if record.is_over:
        return badge("neutral", _("not answered"))
    if one.failed:
        return badge("late", _("mail not accepted"))
    if one.mailed_at:
        return badge("info", _("mailed"))
    return badge("info", _("link handed over")) if one.handed_at else badge("neutral", _("waits"))


class SurveyForm(FormPage):
    model = Questionnaire
    form = forms.QuestionnaireForm

    def records(self):
        return Questionnaire.objects.live()

    def way_back(self) -> str:
        return super().way_back() or reverse("surveys:list")


class SurveyCreate(SurveyForm):
    title = lazy("New questionnaire")
    done = lazy("Saved. Add questions and choose whom to ask.")

    def service(self, **values: Any) -> Questionnaire:
        return questionnaires.create_questionnaire(rules=rules_on(), **values)


class SurveyEdit(SurveyForm):
    action = "edit"
    title = lazy("Edit questionnaire")
    done = lazy("Questionnaire saved")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        questionnaires.require_draft(self.record)

    def service(self, **values: Any) -> Questionnaire:
        return questionnaires.change_questionnaire(rules=rules_on(), **values)


class SurveyAct(ActPage):
    model = Questionnaire
    form = forms.ConfirmForm

    def records(self):
        return Questionnaire.objects.live()


class SurveyCopy(SurveyAct):
    """Whoever sees a questionnaire and may write one takes over its words."""

    action = "view"
    form = forms.CopyForm
    title = lazy("Ask the same again")
    note = lazy("The words and questions are taken over; nobody is asked yet.")
    verb = lazy("Copy")
    done = lazy("Copied. Choose whom to ask.")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        access.require(self.request.user, "create", Questionnaire)

    def initial(self) -> dict[str, Any]:
        return {"title": self.record.title} | super().initial()

    def service(self, **values: Any) -> Questionnaire:
        return questionnaires.copy_questionnaire(rules=rules_on(), **values)


class SurveyDelete(SurveyAct):
    form = ActPage.form
    danger = True
    title = lazy("Delete questionnaire")
    verb = lazy("Delete")
    done = lazy("Questionnaire deleted")

    def service(self, **values: Any) -> Questionnaire:
        return questionnaires.delete_questionnaire(**values)

    def success_url(self, record: Questionnaire) -> str:
        return reverse("surveys:list")


class QuestionAdd(SurveyAct):
    form = forms.QuestionForm
    title = lazy("New question")
    verb = lazy("Save")
    done = lazy("Question saved")

    def service(self, **values: Any) -> Question:
        return questionnaires.add_question(**values)


class QuestionAct(ActPage):
    model = Question
    form = forms.ConfirmForm

    def records(self):
        live = Question.objects.filter(questionnaire__deleted_at=None)
        return live.select_related("questionnaire")


class QuestionEdit(QuestionAct):
    form = forms.QuestionForm
    title = lazy("Edit question")
    verb = lazy("Save")
    done = lazy("Question saved")

    def make_form(self, **given: Any) -> forms.QuestionForm:
        return self.form(person=self.request.user, instance=self.record, **given)

    def service(self, **values: Any) -> Question:
        return questionnaires.change_question(**values)


class QuestionRemove(QuestionAct):
    danger = True
    title = lazy("Remove question")
    verb = lazy("Remove")
    done = lazy("Question removed")

    def service(self, **values: Any) -> Questionnaire:
        return questionnaires.remove_question(**values)


class SurveySend(SurveyAct):
    title = lazy("Send the questionnaire")
    verb = lazy("Send")
    done = lazy("Sent. Links without an address are handed over from this page.")

    @property
    def note(self) -> str:
        return _(
            "From now on nothing of it changes. Whoever has an e-mail address is written to; for "
            "the others you make a link or a picture to hand over."
        )

    def service(self, **values: Any) -> Questionnaire:
        base = self.request.build_absolute_uri("/")
        return inviting.send_questionnaire(
            rules=rules_on(), rules_version=version_on(), base=base, **values
        )


class SurveyClose(SurveyAct):
    danger = True
    title = lazy("Close the survey")
    note = lazy("No more answers are taken, and nobody can tell any more whose an answer is.")
    verb = lazy("Close")
    done = lazy("Closed. Write the report.")

    def service(self, **values: Any) -> Questionnaire:
        return closing.close_questionnaire(**values)


class SurveyReport(SurveyAct):
    action = "report"
    form = forms.ReportForm
    title = lazy("Hand in the report")
    note = lazy("It stays as it is then; whoever is responsible for a measure is told.")
    verb = lazy("Hand in")
    done = lazy("Report handed in")

    def service(self, **values: Any) -> Questionnaire:
        return closing.report_questionnaire(**values)


class MeasureAdd(SurveyAct):
    action = "report"
    form = forms.MeasureForm
    title = lazy("What is to become better")
    verb = lazy("Save")
    done = lazy("Measure saved")

    def service(self, **values: Any) -> Measure:
        return closing.add_measure(**values)


class MeasureAct(ActPage):
    model = Measure

    def records(self):
        return Measure.objects.live().select_related("questionnaire")


class MeasureRemove(MeasureAct):
    form = forms.ConfirmForm
    danger = True
    title = lazy("Remove measure")
    verb = lazy("Remove")
    done = lazy("Measure removed")

    def service(self, **values: Any) -> Questionnaire:
        return closing.remove_measure(**values)


class MeasureDone(MeasureAct):
    action = "complete"
    form = forms.MeasureDoneForm
    title = lazy("Tick measure off")
    verb = lazy("Tick off")
    done = lazy("Measure ticked off")

    @property
    def note(self) -> str:
        return self.record.text

    def service(self, **values: Any) -> Measure:
        return measures.finish_measure(**values)


class MeasureReopen(MeasureAct):
    title = lazy("Open measure again")
    verb = lazy("Open again")
    done = lazy("Measure opened again")

    def service(self, **values: Any) -> Measure:
        return measures.reopen_measure(**values)


class SurveySheet(SurveyAct):
    """The answers question by question as a workbook; the export is logged."""

    action = "export"
    title = lazy("Answers as a workbook")
    verb = lazy("Export")

    def service(self, *, actor: Any, record: Questionnaire) -> Export:
        rows = tables.answers_of(record)
        return export(actor=actor, rules=rules_on(), listing=tables.ANSWERS, records=rows)


class SurveyPdf(Screen):
    """The report on paper; without Pango a sentence says what is missing."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.find(Questionnaire.objects.live(), pk)
        content = printing.export_report(actor=request.user, record=record)
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="survey-{pk}.pdf"'
        return response
