"""Delivery of files through the gate, and adding and removing them."""

from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from expansion import access
from expansion.errors import Gone, Invalid, NotNow
from expansion.files import services
from expansion.files.models import Attachment
from expansion.files.stored import open_stored
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import Screen

# Nothing that a person sent loads, runs, or is framed, whatever a browser takes it for.
ALONE = "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"


class FilePage(Screen):
    """The original, always as an attachment: nothing that a person sent runs inside our pages."""

    gate = SIGNED_IN
    inline = False
    keeping = "private, no-store"

    def records(self):
        return Attachment.objects.live()

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.attachment(pk)
        etag = f'"{found.digest}"'
        response = get_conditional_response(request, etag=etag) or FileResponse(
            open_stored(found.key),
            as_attachment=not self.inline,
            filename=found.name,
            content_type=found.media_type,
        )
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = self.keeping
        response.headers["Content-Security-Policy"] = ALONE
        return response

    def attachment(self, pk: int) -> Attachment:
        """The file, its going written down where its record is kept; so is one asked for in vain.

        Raises:
            Gone: it is not there for this person, or its record is deleted.
            Forbidden: the record is kept, and its files are not this person's to fetch.
        """
        try:
            found = self.find(self.records(), pk)
        except Gone:
            asked = self.records().filter(pk=pk).first()
            if asked is not None:
                services.note_refused(actor=self.request.user, attachment=asked)
            raise
        if found.about is not None and getattr(found.about, "deleted_at", None):
            raise Gone(_("There is nothing here for you at this address."))
        return found if self.inline else services.fetch(actor=self.request.user, attachment=found)


class PicturePage(FilePage):
    """Our own drawing of a picture, for the page; the browser keeps it and asks each time."""

    inline = True
    keeping = "private, no-cache"

    def records(self):
        return Attachment.objects.live().filter(media_type__startswith="image/")


class FileAdd(Screen):
    """Adds files to a record: the form of `files/_list.html` names it by kind and id."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        record = self.find(_model(kind), pk)
        try:
            uploads = request.FILES.getlist("files")
            services.attach_all(actor=request.user, record=record, uploads=uploads)
        except (Invalid, NotNow) as refusal:
            context = {"message": refusal.message, "back": _back(request, record)}
            return render(request, "files/refused.html", context, status=refusal.status)
        return HttpResponseRedirect(_back(request, record))


class FileRemove(Screen):
    gate = SIGNED_IN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        attachment = self.find(Attachment.objects.live(), pk)
        services.remove(actor=request.user, attachment=attachment)
        messages.success(request, _("File removed"))
        return HttpResponseRedirect(_back(request, attachment.about))


def _model(kind: str) -> type[models.Model]:
    """The model named `crm.client`; one without an access rule is not there for anybody."""
    app, _dot, name = kind.partition(".")
    try:
        model = ContentType.objects.get_by_natural_key(app, name).model_class()
    except ContentType.DoesNotExist:
        model = None
    if model is None or model not in access.rules():
        raise Gone(_("There is nothing here for you at this address."))
    return model


def _back(request: HttpRequest, record: Any) -> str:
    wanted = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return record.get_absolute_url() if record is not None else "/"
