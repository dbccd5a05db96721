"""Pages of imports and exports."""

from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.errors import Gone
from expansion.rulebook.selectors import rules_on
from expansion.transfer import forms, keeping, selectors
from expansion.transfer.models import Export, Import, Outcome
from expansion.transfer.nav import may_import
from expansion.transfer.registry import exportable, importer, importers
from expansion.transfer.services import exports, imports
from expansion.transfer.tables import EXPORTS, IMPORTS, export_badge, import_badge
from expansion.transfer.wording import asked_of
from expansion.transfer.writing import Watermark, write_workbook
from expansion.ui.attachments import attachment
from expansion.ui.forms import ServiceForm, new_key
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage, Screen


class TransferList(ListPage):
    """Own imports and exports; the administrator finds everybody's."""

    gate = SIGNED_IN
    template = "transfer/list.html"

    def context(self, page: Any) -> dict[str, Any]:
        person = self.request.user
        desks = [one for one in importers() if access.can(person, "import", one.model)]
        return super().context(page) | {"desks": desks, "may_import": may_import(person)}


class ImportList(TransferList):
    listing = IMPORTS
    empty = {
        "icon": "upload",
        "title": lazy("No imports yet"),
        "text": lazy("A workbook of clients is taken in from the client list."),
    }


class ExportList(TransferList):
    listing = EXPORTS
    export_route = "transfer:export-create"
    empty = {
        "icon": "download",
        "title": lazy("No exports yet"),
        "text": lazy("Every export of a list is written down here."),
    }


class ImportCreate(FormPage):
    """Upload of a workbook for one list."""

    gate = SIGNED_IN
    model = Import
    form = forms.UploadForm
    verb = lazy("Upload")
    template = "transfer/upload.html"

    def load(self, pk: int | None) -> None:
        self.desk = importer(self.kwargs["key"])
        access.require(self.request.user, "import", self.desk.model)

    def service(self, **values: Any) -> Import:
        return imports.receive_import(desk=self.desk, **values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return super().context(form) | {"desk": self.desk, "title": self.desk.title}


class ImportTemplate(Screen):
    """An empty workbook with the headers that are understood."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        desk = importer(key)
        access.require(request.user, "import", desk.model)
        title = str(desk.label)
        return workbook(f"{title}.xlsx", desk.columns, [], title, _mark(request, "—"))


class ImportDetail(DetailPage):
    """The check with its corrections, and later the result; only counts for the administrator."""

    gate = SIGNED_IN
    model = Import
    template = "transfer/import.html"

    def records(self) -> QuerySet:
        return Import.objects.select_related("actor", "job")

    def context(self, record: Import) -> dict[str, Any]:
        context = {
            "desk": importer(record.importer),
            "badge": import_badge(record),
            "steps": selectors.steps(record),
            "is_own": access.can(self.request.user, "edit", record),
            "key": new_key(),
            "writes": record.count(Outcome.CREATED, Outcome.UPDATED),
            "left_out": record.count(Outcome.REFUSED, Outcome.SUSPECT),
        }
        return context | (self.work(record) if context["is_own"] else {})

    def work(self, record: Import) -> dict[str, Any]:
        """What only the person sees whose import it is."""
        query, person = self.request.GET, self.request.user
        show = selectors.chosen_tab(record, query.get("show", ""))
        is_open = record.status == Import.Status.CHECKED
        until = record.undoable_until()
        return {
            "show": show,
            "tabs": selectors.tabs(record, show),
            "is_open": is_open,
            "page": selectors.rows_shown(person, record, show, query.get("after", "")),
            "suspect": selectors.suspect(person, record, query.get("at", "")) if is_open else None,
            "reading": forms.ReadingForm(batch=record) if is_open else None,
            "may_undo": record.status == Import.Status.DONE and until and clock.now() <= until,
            "undo_until": until,
            "undone": selectors.undone(record) if record.undone_at else None,
        }


class ImportAct(ActPage):
    """A verb on one's own import."""

    gate = SIGNED_IN
    model = Import

    def success_url(self, record: Import) -> str:
        return f"{record.get_absolute_url()}?show={quote(self.request.POST.get('show', ''))}"


class ImportReading(ImportAct):
    form = forms.ReadingForm
    title = lazy("Columns")
    verb = lazy("Check again")

    def make_form(self, **given: Any) -> ServiceForm:
        return self.form(person=self.request.user, batch=self.record, **given)

    def service(self, **values: Any) -> Import:
        return imports.change_reading(**values)


class ImportFix(ImportAct):
    form = forms.FixForm
    title = lazy("Correct a cell")
    verb = lazy("Check again")

    def service(self, **values: Any) -> Import:
        return imports.fix_cell(**values)


class ImportDecide(ImportAct):
    form = forms.DecideForm
    title = lazy("Likely duplicate")
    verb = lazy("Decide")

    def service(self, **values: Any) -> Import:
        return imports.decide_row(**values)


class ImportStart(ImportAct):
    form = ServiceForm
    title = lazy("Import")
    verb = lazy("Import")

    def service(self, **values: Any) -> Import:
        return imports.start_import(**values)

    def success_url(self, record: Import) -> str:
        return record.get_absolute_url()


class ImportUndo(ImportAct):
    action = "undo"
    form = ServiceForm
    title = lazy("Undo this import")
    verb = lazy("Undo")
    template = "transfer/undo.html"

    def service(self, **values: Any) -> Import:
        return imports.undo_import(**values)

    def success_url(self, record: Import) -> str:
        return record.get_absolute_url()


class ImportErrors(Screen):
    """The refused rows as a workbook, to be corrected and sent again."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.find(Import, pk)
        access.require(request.user, "edit", batch)
        name = _("%(file)s – rows not imported.xlsx") % {"file": batch.name.rpartition(".")[0]}
        columns, rows = selectors.error_columns(batch), selectors.error_rows(batch)
        return workbook(name, columns, rows, batch.name, _mark(request, f"I{batch.pk:06d}"))


class ExportCreate(FormPage):
    """Export of a list under the query string that the list's page had."""

    gate = SIGNED_IN
    model = Export
    form = forms.ExportForm
    template = "transfer/export_form.html"
    verb = lazy("Export")

    def load(self, pk: int | None) -> None:
        self.listing = exportable(self.kwargs["key"]).listing
        access.require(self.request.user, "export", self.listing.model)

    def make_form(self, **given: Any) -> ServiceForm:
        form = super().make_form(**given)
        form.fields["reason"].help_text = asked_of(rules_on().confidentiality)
        return form

    def service(self, **values: Any) -> Export:
        query = self.request.GET.urlencode()
        return exports.export_list(key=self.listing.key, query=query, rules=rules_on(), **values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        title = _("Export: %(list)s") % {"list": self.listing.label}
        return super().context(form) | {"title": title, "listing": self.listing}


class ExportDetail(DetailPage):
    """What was exported, and the file for who asked for it."""

    gate = SIGNED_IN
    model = Export
    template = "transfer/export.html"

    def records(self) -> QuerySet:
        return Export.objects.select_related("actor", "job")

    def context(self, record: Export) -> dict[str, Any]:
        may = access.can(self.request.user, "download", record)
        return {
            "may_download": may and record.status == Export.Status.READY,
            "badge": export_badge(record),
        }


class ExportFile(Screen):
    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.find(Export, pk)
        access.require(request.user, "download", record)
        if record.status != Export.Status.READY:
            raise Gone(_("The file is not there: it is kept for seven days."))
        return _file_of(record)


class SheetFile(Screen):
    """A table that is no list, made, logged and delivered in one go."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest, key: str) -> FileResponse:
        return _file_of(exports.export_sheet(actor=request.user, rules=rules_on(), key=key))


def _file_of(record: Export) -> FileResponse:
    file = keeping.open_kept(record.key)
    return FileResponse(file, as_attachment=True, filename=record.file_name)


def workbook(name: str, columns, rows, title: str, mark: Watermark) -> HttpResponse:
    """A workbook that is made while it is asked for."""
    response = attachment(name)
    write_workbook(response, columns, rows, title=title, watermark=mark)
    return response


def _mark(request: HttpRequest, number: str) -> Watermark:
    return Watermark(request.user.name, clock.now(), number)
