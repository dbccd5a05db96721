"""Pages on which a contact person's data are given out or erased."""

import io
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import forms
from crm.models import Contact
from crm.services import erasing, reporting
from expansion import clock
from expansion.errors import Gone
from expansion.transfer.columns import Column
from expansion.transfer.writing import Watermark, write_workbook
from expansion.ui.attachments import XLSX
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, Screen


def everybody() -> QuerySet[Contact]:
    """Also those taken out of their client's file: they are kept all the same."""
    return Contact.objects.select_related("client")


class ContactErase(ActPage):
    """Says what goes and what stays, and asks for a reason and a second look."""

    model = Contact
    form = forms.EraseForm
    action = "erase"
    template = "crm/contact_erase.html"
    danger = True
    title = lazy("Personal data")
    verb = lazy("Erase for good")
    done = lazy("The personal data are erased")

    def records(self) -> QuerySet[Contact]:
        return everybody()

    def service(self, **values: Any) -> Contact:
        return erasing.erase_person(**values)

    def success_url(self, record: Contact) -> str:
        is_gone = record.deleted_at or record.client.deleted_at
        return reverse("crm:client-list") if is_gone else record.get_absolute_url()

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return super().context(form) | {"formats": reporting.FORMATS}


class ContactReport(Screen):
    """All that is kept of the contact, made, logged and delivered in one go."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest, pk: int, file_format: str) -> HttpResponse:
        contact = self.find(everybody(), pk)
        if file_format not in reporting.FORMATS:
            raise Gone(_("There is nothing here for you at this address."))
        report = reporting.person_report(
            actor=request.user, record=contact, file_format=file_format
        )
        name = f"{report.number}.{file_format}"
        if file_format == "json":
            response: HttpResponse = JsonResponse(
                reporting.as_data(report), json_dumps_params={"ensure_ascii": False, "indent": 1}
            )
        else:
            response = HttpResponse(self._workbook(report), content_type=XLSX)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _workbook(self, report: reporting.Report) -> bytes:
        heads = [_("Part"), _("What"), _("Content"), _("When")]
        columns = [Column(str(place), head) for place, head in enumerate(heads)]
        mark = Watermark(self.request.user.name, clock.now(), report.number)
        file = io.BytesIO()
        title = _("Data of a person")
        write_workbook(file, columns, reporting.as_rows(report), title=title, watermark=mark)
        return file.getvalue()
