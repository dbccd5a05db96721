"""Pages of work reports: list, editor, reader, team."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.errors import Gone, Invalid, Refusal
from expansion.office import forms, tables
from expansion.office.models import WorkReport
from expansion.office.selectors import reports as selectors
from expansion.office.services import reports as services
from expansion.office.services.sheets import export_reports
from expansion.ui.attachments import attachment
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import May
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage, Screen, shown


def report_rows() -> QuerySet[WorkReport]:
    return WorkReport.objects.select_related("owner", "team", "recipient", "read_by")


class ReportList(ListPage):
    listing = tables.REPORTS
    template = "office/report_list.html"
    empty = {
        "icon": "report",
        "title": _("No report is due"),
        "text": _("The rulebook says who reports and when. Yours is opened with the period."),
    }

    def context(self, page: Any) -> dict[str, Any]:
        oversees = access.can(self.request.user, "oversee", WorkReport)
        return {**super().context(page), "oversees": oversees}


class ReportDetail(DetailPage):
    """The editor for whoever writes it, the finished paper for everybody else."""

    model = WorkReport
    template = "office/report.html"

    def records(self) -> QuerySet[WorkReport]:
        return report_rows()

    def context(self, record: WorkReport) -> dict[str, Any]:
        asked = self.request.GET
        found = selectors.page(
            self.request.user,
            record,
            figure=asked.get("figure", ""),
            number=asked.get("page", ""),
        )
        if found["may_edit"]:
            found["form"] = forms.ReportForm(person=self.request.user, report=record)
        return found


class ReportForm(FormPage):
    """Takes what the editor sends."""

    gate = May("view", WorkReport)  # then 404 or 403 by the report itself
    model = WorkReport
    form = forms.ReportForm
    action = "edit"
    template = "office/report.html"

    def records(self) -> QuerySet[WorkReport]:
        return report_rows()

    def load(self, pk: int | None) -> None:
        """Without asking whether it may be changed: the service does, and a second click on a
        report handed in by the first gets the first one's answer."""
        self.record = self.find(self.records(), pk)
        self.page = selectors.page(self.request.user, self.record)

    def get(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.find(WorkReport, pk).get_absolute_url())

    def make_form(self, **given: Any) -> ServiceForm:
        given.pop("files", None)
        return self.form(person=self.request.user, report=self.record, **given)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return {"record": self.record, **self.page, "form": form}

    def differences(self, form: ServiceForm) -> list[dict[str, Any]]:
        stored = self.records().get(pk=self.record.pk)
        form.data = form.data.copy()
        form.data["version"] = str(stored.version)
        current = self.form(person=self.request.user, report=stored)
        return [
            {
                "name": name,
                "label": form.fields[name].label,
                "theirs": shown(current[name]),
                "yours": shown(form[name]),
                "theirs_value": current[name].value(),
                "yours_value": form[name].value(),
            }
            for name in form.fields
            if name in current.fields
            and name not in {"request_id", "version"}
            and shown(current[name]).split() != shown(form[name]).split()
        ]


class ReportSave(ReportForm):
    """Keeps what is written so far: by the button, and by itself while somebody types.

    It answers every save anew (no once-only key): the version keeps two windows apart.
    """

    def post(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        self.load(pk)
        form = self.make_form(data=request.POST)
        if not form.is_valid():
            return self.answer(form, status=Invalid.status)
        try:
            report = self.write(form)
        except Gone:
            raise
        except Refusal as refusal:
            return self.refuse(form, refusal)
        if request.htmx:
            return self.saved(report)
        return HttpResponseRedirect(report.get_absolute_url())

    def service(self, **values: Any) -> WorkReport:
        return services.save_report(**values)

    def saved(self, report: WorkReport) -> HttpResponse:
        self.fragment = "office/_saved.html"
        return self.draw({"record": report})

    def answer(self, form: ServiceForm, *, status: int = 200, **more: Any) -> HttpResponse:
        if not self.request.htmx:
            return super().answer(form, status=status, **more)
        self.fragment = "office/_not_saved.html"
        return self.draw({"form": form}, status=status)


class ReportSubmit(ReportForm):
    """Hands the report in: from the editor with its content, from the first page in one click."""

    action = "submit"
    done = _("Handed in")

    def write(self, form: ServiceForm) -> WorkReport:
        if "version" in form.data:
            return super().write(form)
        return services.submit_report(actor=self.request.user, record=self.record)

    def service(self, **values: Any) -> WorkReport:
        return services.submit_report(**values)


class ReportAct(ActPage):
    gate = May("view", WorkReport)
    model = WorkReport
    form = ServiceForm

    def records(self) -> QuerySet[WorkReport]:
        return report_rows()


class ReportWithdraw(ReportAct):
    action = "withdraw"
    title = _("Take the report back")
    verb = _("Take back")
    done = _("Taken back. Hand it in again before the deadline.")

    def service(self, **values: Any) -> WorkReport:
        return services.withdraw_report(**values)


class ReportRead(ReportAct):
    action = "read"
    title = _("Mark the report as read")
    verb = _("Mark as read")
    done = _("Marked as read")

    def service(self, **values: Any) -> WorkReport:
        return services.read_report(**values)


class ReportComment(ReportAct):
    action = "comment"
    form = forms.CommentForm
    title = _("Comment on the report")
    verb = _("Send the comment")
    done = _("Comment sent")

    def service(self, **values: Any) -> Any:
        return services.comment_report(**values)

    def success_url(self, record: Any) -> str:
        return record.report.get_absolute_url()


class TeamReports(Screen):
    """Who has handed in for a period, who was late, who is missing."""

    gate = May("oversee", WorkReport)
    template = "office/team_reports.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = selectors.kinds(request.user)
        kind = chosen(request.GET.get("kind"), [row.kind for row in kinds])
        periods = selectors.periods(request.user, kind)
        period = chosen(request.GET.get("period"), [one.key for one in periods])
        return self.draw(
            {
                "kinds": [
                    {"label": row.label, "url": f"?kind={row.kind}", "active": row.kind == kind}
                    for row in kinds
                ],
                "periods": [
                    {
                        "label": one.label,
                        "url": f"?kind={kind}&period={one.key}",
                        "active": one.key == period,
                    }
                    for one in periods
                ],
                "kind": kind,
                "period": period,
                **selectors.team(request.user, kind, period),
            }
        )


class TeamSheet(Screen):
    """The consolidated workbook of a period; each is logged, so it is a POST."""

    gate = May("oversee", WorkReport)

    def post(self, request: HttpRequest) -> HttpResponse:
        name, content = export_reports(
            actor=request.user,
            kind=request.GET.get("kind", ""),
            period=request.GET.get("period", ""),
        )
        return attachment(name, content)


def chosen(wanted: str | None, offered: list[str]) -> str:
    """What the address asks for, where it is offered; else the first that is."""
    return wanted if wanted in offered else next(iter(offered), "")
