"""Writes over exports: each is logged before its file is written, and carries its number."""

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, BinaryIO

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from expansion import access, clock, offers
from expansion.audit.services import write
from expansion.errors import Forbidden, Gone
from expansion.jobs.services import enqueue
from expansion.notices.services import tell
from expansion.people.models import Role, User
from expansion.people.selectors import holders
from expansion.rulebook.selectors import asked_once
from expansion.transfer import keeping
from expansion.transfer.columns import Column, Kind
from expansion.transfer.models import EXPORT_KEPT, Export
from expansion.transfer.phones import phone_text
from expansion.transfer.registry import exportable, mark_of
from expansion.transfer.streaming import streamed
from expansion.transfer.writing import Watermark, write_csv, write_workbook
from expansion.ui import formats
from expansion.ui.listing import Column as Shown
from expansion.ui.listing import Listing, State

AT_ONCE = 5_000  # rows; more are written in the background
ALERT_FROM = 500  # rows; the manager is told (R-exp-18)
CHUNK = 2_000
KINDS = {"date": Kind.DATE, "moment": Kind.MOMENT, "money": Kind.MONEY, "number": Kind.NUMBER}


@transaction.atomic
def export_list(
    *, actor: User, key: str, query: str = "", file_format: str = Export.Format.XLSX
) -> Export:
    """Export the rows that a list shows this person under its query string.

    Up to 5,000 rows are written now, more in the background. Each export is a row of the log.

    Raises:
        Forbidden: this person may not export this list.
        Gone: there is no such list.
    """
    listing = exportable(key).listing
    access.require(actor, "export", listing.model)
    record = _log(actor, listing, query, file_format)
    records = selection(actor, record)
    if records.order_by().values("pk")[: AT_ONCE + 1].count() <= AT_ONCE:
        return _write(record, listing, records)
    record.job = enqueue(
        "transfer.write_export", actor=actor, about=record, key=f"export-{record.pk}"
    )
    record.save(update_fields=["job"])
    return record


@transaction.atomic
def export(
    *,
    actor: User,
    listing: Listing,
    records: QuerySet,
    file_format: str = Export.Format.XLSX,
    query: str = "",
) -> Export:
    """Export these records, as far as this person may see them, with the columns of a listing.

    Returns the logged export with its file (`Export.key`); the file is delivered at its address.

    Raises:
        Forbidden: this person may not export records of this kind.
    """
    access.require(actor, "export", listing.model)
    record = _log(actor, listing, query, file_format)
    return _write(record, listing, access.visible_to(actor, records))


@transaction.atomic
def export_sheet(*, actor: User, key: str) -> Export:
    """A table that some room offers (`offers.Sheet`) as a workbook, logged as every export is.

    Raises:
        Gone: no room offers such a table.
        Forbidden: it is not for this person.
    """
    sheet = next((one for one in offers.of(offers.Sheet) if one.key == key), None)
    if sheet is None:
        raise Gone(_("There is nothing here for you at this address."))
    if not sheet.allowed(actor):
        raise Forbidden(_("This table is not part of your role. Ask the administrator."))
    label = capfirst(str(sheet.label))
    record = Export.objects.create(
        listing=key, label=label[:100], actor=actor, file_format=Export.Format.XLSX
    )
    columns = [Column(str(place), str(head)) for place, head in enumerate(sheet.heads())]
    mark = Watermark(actor.name, clock.now(), record.number)
    with tempfile.TemporaryFile() as file:
        rows = (list(row) for row in sheet.rows(actor))
        record.count = write_workbook(file, columns, rows, title=label, watermark=mark)
        _keep(record, file)
    _conclude(record)
    return record


def write_export(*, record: Export) -> Export:
    """The background half: it may run twice, and asks anew what the person may see."""
    if record.status != Export.Status.WRITING:
        return record
    listing = exportable(record.listing).listing
    access.require(record.actor, "export", listing.model)
    return _write(record, listing, selection(record.actor, record))


def selection(person: User, record: Export) -> QuerySet:
    """What the list would show this person under the export's query string."""
    offer = exportable(record.listing)
    state = State(offer.listing, QueryDict(record.query), person)
    visible = offer.given(person, access.visible_to(person, offer.records()))
    return state.ordered(state.narrowed(visible))


def forget_old_exports() -> int:
    """Delete the files of exports a week after; the log stays."""
    old = Export.objects.filter(created_at__lt=clock.now() - EXPORT_KEPT).exclude(key="")
    count = 0
    for record in old:
        _forget(record)
        count += 1
    return count


@transaction.atomic
def _forget(record: Export) -> None:
    Export.objects.filter(pk=record.pk).update(key="", status=Export.Status.FORGOTTEN)
    write(actor=None, verb="transfer.export.forgotten", about=record)
    keeping.forget(record.key)


def _log(actor: User, listing: Listing, query: str, file_format: str) -> Export:
    return Export.objects.create(
        listing=listing.key,
        label=capfirst(str(listing.label))[:100],
        query=query,
        actor=actor,
        file_format=file_format,
    )


def _write(record: Export, listing: Listing, records: QuerySet) -> Export:
    state = State(listing, QueryDict(record.query), record.actor)
    rows = _Rows(record.actor, listing, state, records)
    with tempfile.TemporaryFile() as file, asked_once():
        record.count = _fill(file, record, listing, rows)
        _keep(record, file)
    record.revealed = rows.revealed
    _conclude(record)
    return record


def _keep(record: Export, file: BinaryIO) -> None:
    record.size = file.tell()
    file.seek(0)
    record.key, record.status = keeping.keep(File(file)), Export.Status.READY


def _fill(file: BinaryIO, record: Export, listing: Listing, rows: "_Rows") -> int:
    mark = Watermark(record.actor.name, clock.now(), record.number)
    if record.file_format == Export.Format.CSV:
        return write_csv(file, rows.columns, rows, watermark=mark)
    return write_workbook(file, rows.columns, rows, title=str(listing.label), watermark=mark)


@transaction.atomic
def _conclude(record: Export) -> None:
    record.version += 1
    record.save()
    write(
        actor=record.actor,
        verb="transfer.list.exported",
        about=record,
        changes=record.facts(),
    )
    if record.count >= ALERT_FROM:
        _alert(record)


def _alert(record: Export) -> None:
    tell(
        people=[person for person in holders(Role.MANAGER) if person.pk != record.actor_id],
        kind="transfer.large_export",
        title=format_lazy(
            _("{name} exported {count} rows: {list}"),
            name=record.actor.name,
            count=record.count,
            list=record.label,
        ),
        url=record.get_absolute_url(),
        about=record,
        actor=record.actor,
        key=f"large-export:{record.pk}",
    )


class _Rows:
    """The rows of an export, read in chunks from one query.

    Phone numbers are written in full only where this person may reveal those of that record;
    `revealed` counts these rows.
    """

    def __init__(self, person: User, listing: Listing, state: State, records: QuerySet):
        self.person, self.listing = person, listing
        self.shown = _columns(listing, state)
        self.columns = [
            Column("title", listing.name or capfirst(listing.model._meta.verbose_name), width=34),
            *(
                Column(one.key, str(one.label), KINDS.get(one.kind, Kind.TEXT), width=one.width)
                for one in self.shown
            ),
        ]
        self.records = listing.prepare(records)
        self.mark = mark_of(listing)
        self.revealed = 0

    def __iter__(self) -> Iterator[list[Any]]:
        title = self.listing.title
        readers = [one.many() if one.many else one.value for one in self.shown]
        phones = [place for place, one in enumerate(self.shown, start=1) if one.kind == "phone"]
        marked = partial(self.mark, self.person)
        may_reveal = access.can_each(self.person, "reveal", self.listing.model)
        for record in streamed(self.records, chunk=CHUNK, mark=marked):
            cells = [str(title(record)), *[read(record) for read in readers]]
            numbers = [place for place in phones if cells[place]]
            if numbers:
                reveals = may_reveal(record)
                self.revealed += reveals
                written = phone_text if reveals else formats.masked_phone
                for place in numbers:
                    cells[place] = written(cells[place])
            yield cells


def _columns(listing: Listing, state: State) -> Sequence[Shown]:
    """Those the person chose; else all, also those the page has no room for."""
    return state.columns if state.query.getlist("col") else listing.columns
