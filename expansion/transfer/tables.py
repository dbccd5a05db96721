"""The lists of imports and exports."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.people.models import User
from expansion.transfer.models import Export, Import, Outcome
from expansion.transfer.registry import importers
from expansion.ui.forms import is_id
from expansion.ui.listing import Column, Filter, Listing
from expansion.ui.templatetags.ui import badge

IMPORT_TONES = {
    Import.Status.CHECKING: "info",
    Import.Status.CHECKED: "due",
    Import.Status.WRITING: "info",
    Import.Status.DONE: "done",
    Import.Status.UNDONE: "neutral",
    Import.Status.FAILED: "late",
}
EXPORT_TONES = {
    Export.Status.WAITING: "due",
    Export.Status.REFUSED: "late",
    Export.Status.WRITING: "info",
    Export.Status.READY: "done",
    Export.Status.FORGOTTEN: "neutral",
}


def import_badge(batch: Import) -> SafeString:
    return badge(IMPORT_TONES[Import.Status(batch.status)], batch.get_status_display())


def export_badge(record: Export) -> SafeString:
    return badge(EXPORT_TONES[Export.Status(record.status)], record.get_status_display())


def list_label(batch: Import) -> str:
    return next((str(one.label) for one in importers() if one.key == batch.importer), "")


def with_actor(records: QuerySet) -> QuerySet:
    return records.select_related("actor")


def exporters(person: Any) -> list[tuple[str, str]]:
    """Who has exported something that the person may read of."""
    seen = access.visible_to(person, Export.objects.order_by()).values("actor")
    return [(str(one.pk), one.name) for one in User.objects.filter(pk__in=seen).order_by("name")]


def exported_by(records: QuerySet, key: str) -> QuerySet:
    return records.filter(actor=int(key))


def numbered(records: QuerySet, text: str) -> QuerySet:
    """By list or reason, or by the number that a file carries."""
    found = Q(label__icontains=text) | Q(reason__icontains=text)
    digits = text.upper().removeprefix("E").lstrip("0")
    if is_id(digits):
        found |= Q(pk=int(digits))
    return records.filter(found)


IMPORTS = Listing(
    key="transfer.imports",
    model=Import,
    label=_("Imports"),
    name=_("File"),
    url=lambda batch: batch.get_absolute_url(),
    columns=[
        Column("list", _("List"), list_label),
        Column("status", _("Status"), lambda one: one.get_status_display(), cell=import_badge),
        Column("rows", _("Rows"), lambda one: one.total, "number", sort="total"),
        Column("created", _("New records"), lambda one: one.count(Outcome.CREATED), "number"),
        Column("updated", _("Filled in"), lambda one: one.count(Outcome.UPDATED), "number"),
        Column("refused", _("Not imported"), lambda one: one.count(Outcome.REFUSED), "number"),
        Column("actor", _("Uploaded by"), lambda one: one.actor.name, sort="actor__name"),
        Column("at", _("Received"), lambda one: one.created_at, "moment", sort="created_at"),
    ],
    prepare=with_actor,
)

EXPORTS = Listing(
    key="transfer.exports",
    model=Export,
    label=_("Exports"),
    name=_("Export"),
    url=lambda record: record.get_absolute_url(),
    columns=[
        Column("status", _("Status"), lambda one: one.get_status_display(), cell=export_badge),
        Column("rows", _("Rows"), lambda one: one.count, "number", sort="count"),
        Column("revealed", _("Numbers in full"), lambda one: one.revealed, "number"),
        Column("reason", _("What for"), lambda one: one.reason),
        Column("format", _("Format"), lambda one: one.file_format),
        Column("actor", _("Exported by"), lambda one: one.actor.name, sort="actor__name"),
        Column("at", _("Exported"), lambda one: one.created_at, "moment", sort="created_at"),
        Column("number", _("Number"), lambda one: one.number, shown=False),
    ],
    filters=[
        Filter("actor", _("Exported by"), exporters, exported_by, many=True),
        Filter(
            "status",
            _("Status"),
            lambda person: Export.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
    ],
    search=numbered,
    search_hint=_("List, reason or number of the file"),
    prepare=with_actor,
)
