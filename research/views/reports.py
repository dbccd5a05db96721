"""Pages of research reports."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.approvals.selectors import latest
from expansion.errors import Gone, Refusal
from expansion.machine import pdf_missing
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import UNPROCESSABLE, ActPage, DetailPage, FormPage, ListPage, Screen
from research import forms, tables
from research.models import QualityReview, ResearchPlan, ResearchReport
from research.selectors import citable, report_page
from research.services import distribution, drafts, printing, removal, reports, reviews
from research.wording import TONES, choices

REPORTS, PLANS = "/research/reports/", "/research/plans/"


def tabs(person: Any, active: str) -> list[dict[str, Any]]:
    """Reports and the plans they come from; other departments know reports only."""
    if not access.can(person, "view", ResearchPlan):
        return []
    return [
        {"label": _("Research reports"), "url": REPORTS, "active": active == REPORTS},
        {"label": _("Research plans"), "url": PLANS, "active": active == PLANS},
    ]


class ReportList(ListPage):
    """Open to everyone: whoever was sent a report finds it here."""

    gate = SIGNED_IN
    listing = tables.REPORTS
    template = "research/report_list.html"
    create_route = "research:report-create"
    create_label = _("New report")
    empty = {
        "icon": "file-analytics",
        "title": _("No reports yet"),
        "text": _("Here stand the reports you work on and those that were sent to you."),
    }

    def records(self):
        return ResearchReport.objects.live()

    def context(self, page: Any) -> dict[str, Any]:
        return super().context(page) | {"tabs": tabs(self.request.user, REPORTS)}


class ReportDetail(DetailPage):
    gate = SIGNED_IN
    model = ResearchReport
    template = "research/report.html"

    def records(self):
        return ResearchReport.objects.live().select_related("owner", "team", "plan")

    def context(self, record: ResearchReport) -> dict[str, Any]:
        page = report_page(self.request.user, record)
        listed = choices(rules_on().research.report_checklist)
        met = page["review"].checklist if page["review"] else []
        return page | {
            "tone": TONES[record.status],
            "pdf_missing": pdf_missing(),
            "met": [label for key, label in listed if key in met],
        }


class ReportForm(FormPage):
    model = ResearchReport
    done = _("Report saved")

    def records(self):
        return ResearchReport.objects.live()


class ReportCreate(ReportForm):
    form = forms.ReportBeginForm
    title = _("New research report")
    verb = _("Begin to write")

    def service(self, **values: Any) -> ResearchReport:
        return reports.create_report(rules=rules_on(), **values)

    def success_url(self, record: Any) -> str:
        return reverse("research:report-edit", args=[record.pk])


class ReportEdit(ReportForm):
    """The editor. It saves itself while one writes; a button that says so goes on to submit."""

    gate = SIGNED_IN
    form = forms.ReportForm
    action = "write"
    template = "research/report_form.html"

    def load(self, pk: int | None) -> None:
        super().load(pk)
        drafts.require_open(self.record)

    def service(self, **values: Any) -> ResearchReport:
        return reports.save_report(**forms.with_texts(values))

    def success_url(self, record: Any) -> str:
        route = "research:report-submit" if "submit" in self.request.POST else "research:report"
        return reverse(route, args=[record.pk])

    def context(self, form: Any) -> dict[str, Any]:
        # As it is stored: the form has put what was typed into its own copy.
        stored = ResearchReport.objects.get(pk=self.record.pk)
        last = latest(stored)
        return super().context(form) | {
            "record": stored,
            "missing": stored.missing,
            "cited_count": stored.citations.count(),
            "recipients": list(stored.recipients.select_related("unit", "person")),
            "returned": last if last and last.status == "returned" else None,
        }


class ReportAutosave(Screen):
    """What is typed, kept while one writes. It answers with what the editor shows of its state."""

    gate = SIGNED_IN
    template = "research/_report_saved.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.find(ResearchReport.objects.live(), pk)
        version = request.POST.get("version", "")
        try:
            saved = reports.autosave_report(
                actor=request.user,
                record=report,
                version=int(version) if version.isdecimal() and len(version) < 9 else None,
                texts=forms.with_texts(request.POST.dict())["texts"],
            )
        except Gone:
            raise
        except Refusal as refusal:
            status = refusal.status if refusal.status != 400 else UNPROCESSABLE
            return self.draw({"record": report, "refusal": refusal.message}, status=status)
        return self.draw(
            {"record": saved, "sections": list(saved.sections), "missing": saved.missing}
        )


class ReportAct(ActPage):
    gate = SIGNED_IN
    model = ResearchReport
    action = "write"

    def records(self):
        return ResearchReport.objects.live()


class ReportSubmit(ReportAct):
    form = forms.SubmitForm
    template = "research/report_submit.html"
    title = _("Submit for approval")
    verb = _("Submit")
    done = _("Submitted for approval")

    def service(self, **values: Any) -> ResearchReport:
        return reports.submit_report(rules=rules_on(), **values)

    def context(self, form: Any) -> dict[str, Any]:
        recipients = self.record.recipients.select_related("unit", "person")
        return super().context(form) | {
            "sections": list(self.record.sections),
            "missing": self.record.missing,
            "recipients": list(recipients),
        }


class ReportDistribute(ReportAct):
    form = forms.DistributeForm
    action = "distribute"
    title = _("Distribution list")
    verb = _("Save")
    done = _("Distribution list saved")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        if self.record.status in ResearchReport.PASSED:
            self.verb, self.done = _("Distribute"), _("Report distributed")
        else:
            drafts.require_open(self.record)

    def make_form(self, **given: Any) -> forms.DistributeForm:
        """The author knows the report and is no reader of it."""
        form = super().make_form(**given)
        form.fields["people"].queryset = User.objects.active().exclude(pk=self.record.owner_id)
        return form

    def initial(self) -> dict[str, Any]:
        lines = list(self.record.recipients.all())
        return {
            "units": [line.unit_id for line in lines if line.unit_id],
            "people": [line.person_id for line in lines if line.person_id],
        }

    def service(self, **values: Any) -> ResearchReport:
        return distribution.distribute_report(**values)


class ReportRead(ReportAct):
    """The reader's confirmation; the service says who has nothing to confirm."""

    form = forms.EmptyForm
    title = _("Confirm reading")
    verb = _("I have read it")
    done = _("Reading confirmed")

    def load(self, pk: int | None) -> None:
        self.record = self.find(self.records(), pk)

    def service(self, **values: Any) -> ResearchReport:
        return distribution.mark_read(**values)


class ReportReview(ReportAct):
    """The approver's scores; while the report waits for the decision they go with the approval."""

    form = forms.ReviewForm
    action = "score"
    template = "research/report_review.html"
    title = _("Quality of the report")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        self.pending = self.record.status == ResearchReport.Status.IN_APPROVAL
        self.verb = _("Approve with these scores") if self.pending else _("Save scores")
        self.done = _("Approved") if self.pending else _("Scores saved")

    def initial(self) -> dict[str, Any]:
        review = self.record.reviews.last()
        kept = (*QualityReview.RESPECTS, "checklist", "note")
        given = {name: getattr(review, name) for name in kept} if review else {}
        return given | {"read": self._digest()}

    def service(self, **values: Any) -> ResearchReport:
        act = reviews.approve_report if self.pending else reviews.score_report
        act(rules=rules_on(), **values)
        return self.record

    def refuse(self, form: Any, refusal: Refusal) -> HttpResponse:
        """What stands there now is shown; the next try is about that."""
        form.data = form.data.copy()
        form.data["read"] = self._digest()
        return super().refuse(form, refusal)

    def _digest(self) -> str:
        request = latest(self.record)
        return request.digest if request else ""

    def context(self, form: Any) -> dict[str, Any]:
        return super().context(form) | {
            "pending": self.pending,
            "request_": latest(self.record),
            "sections": list(self.record.sections),
        }


class ReportCite(Screen):
    """Chooses the findings that a report rests on, a screenful at a time."""

    gate = SIGNED_IN
    template = "research/report_cite.html"
    most = 60

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self._open(pk)
        text = request.GET.get("q", "").strip()[:100]
        found = citable(request.user, report)
        if text:
            found = tables.FINDINGS.found(found, text, request.user)
        shown = list(found.select_related("owner")[: self.most])
        return self.draw({"record": report, "findings": shown, "text": text})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self._open(pk)
        reports.cite_findings(
            actor=request.user,
            record=report,
            shown=_ids(request.POST.getlist("shown")),
            chosen=_ids(request.POST.getlist("chosen")),
        )
        return HttpResponseRedirect(reverse("research:report-edit", args=[report.pk]))

    def _open(self, pk: int) -> ResearchReport:
        report = self.find(ResearchReport.objects.live(), pk)
        access.require(self.request.user, "write", report)
        drafts.require_open(report)
        return report


def _ids(texts: list[str]) -> list[int]:
    """The numbers among what was sent; no id has more than 18 digits."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


class ReportPdf(Screen):
    """The report on paper; without Pango a sentence says what is missing."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.find(ResearchReport.objects.live(), pk)
        content = printing.export_report(actor=request.user, record=report)
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="report-{pk}.pdf"'
        return response


class ReportDelete(ReportAct):
    form = ActPage.form
    danger = True
    title = _("Delete report")
    verb = _("Delete")
    done = _("Report deleted")

    def service(self, **values: Any) -> ResearchReport:
        return removal.delete_record(**values)

    def success_url(self, record: Any) -> str:
        return REPORTS
