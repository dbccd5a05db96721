"""Writes over exports: each is logged before its file is written, and carries its number.

From a size that the rulebook names an export says why, and from a larger one it is approved before
it is written (R-exp-18, A-4.4.2).
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, BinaryIO

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from expansion import access, clock, offers
from expansion.approvals.models import Request
from expansion.approvals.services import submit
from expansion.audit.services import write
from expansion.errors import Forbidden, Gone, Invalid
from expansion.jobs.progress import Progress
from expansion.jobs.services import enqueue
from expansion.people.models import User
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import asked_once
from expansion.rulebook.work import Confidentiality
from expansion.transfer import keeping
from expansion.transfer.columns import Column, Kind
from expansion.transfer.models import EXPORT_KEPT, Export
from expansion.transfer.phones import phone_text
from expansion.transfer.registry import exportable, mark_of
from expansion.transfer.services import volumes
from expansion.transfer.streaming import streamed
from expansion.transfer.writing import Watermark, write_csv, write_workbook
from expansion.ui import formats
from expansion.ui.listing import Column as Shown
from expansion.ui.listing import Listing, State

AT_ONCE = 5_000  # rows; more are written in the background
CHUNK = 2_000
KINDS = {
    "date": Kind.DATE,
    "moment": Kind.MOMENT,
    "deadline": Kind.DEADLINE,
    "money": Kind.MONEY,
    "number": Kind.NUMBER,
}


@transaction.atomic
def export_list(
    *,
    actor: User,
    rules: Rules,
    key: str,
    query: str = "",
    file_format: str = Export.Format.XLSX,
    reason: str = "",
) -> Export:
    """Export the rows that a list shows this person under its query string.

    Up to 5,000 rows are written now, more in the background, and what is large by the rulebook
    only after it is approved. Each export is a row of the log.

    Raises:
        Forbidden: this person may not export this list.
        Gone: there is no such list.
        Invalid: so many rows ask for a reason.
        NotNow: nobody could approve it.
    """
    listing = exportable(key).listing
    access.require(actor, "export", listing.model)
    limits = rules.confidentiality
    record = _log(actor, listing, query, file_format, reason)
    records = selection(actor, record)
    record.count = size_of(records, limits)
    if volumes.reaches(record.count, limits.reason_from.value) and not record.reason:
        raise Invalid(fields={"reason": [_("Say what these rows are for.")]})
    if volumes.reaches(record.count, limits.approval_from.value):
        record.count = records.order_by().count()
        return _ask(record, rules)
    if record.count <= AT_ONCE:
        return _write(record, listing, records, rules)
    return _later(record)


def size_of(records: QuerySet, limits: Confidentiality) -> int:
    """How many rows, counted no further than anybody asks."""
    most = max(AT_ONCE, limits.reason_from.value, limits.approval_from.value) + 1
    return records.order_by().values("pk")[:most].count()


def _ask(record: Export, rules: Rules) -> Export:
    """Puts a large export before those who approve it; nothing is written until then."""
    record.status = Export.Status.WAITING
    record.save(update_fields=["status", "count", "updated_at"])
    submit(actor=record.actor, record=record, rules=rules, comment=record.reason)
    return record


def _later(record: Export) -> Export:
    record.job = enqueue(
        "transfer.write_export", actor=record.actor, about=record, key=f"export-{record.pk}"
    )
    record.save(update_fields=["job", "status", "count", "updated_at"])
    return record


def export_approved(record: Export, actor: User, request: Request) -> None:
    """Hook of its approval: the file is written in the background, and its owner told."""
    record.status = Export.Status.WRITING
    write(actor=actor, verb="transfer.export.approved", about=record)
    _later(record)


def export_refused(record: Export, actor: User, request: Request) -> None:
    """Hook of its approval: no file is written; the entry of the log stays."""
    record.status = Export.Status.REFUSED
    record.save(update_fields=["status", "updated_at"])
    write(actor=actor, verb="transfer.export.rejected", about=record)


@transaction.atomic
def export(
    *,
    actor: User,
    rules: Rules,
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
    return _write(record, listing, access.visible_to(actor, records), rules)


@transaction.atomic
def export_sheet(*, actor: User, rules: Rules, key: str) -> Export:
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
    _conclude(record, rules)
    return record


def write_export(*, record: Export, rules: Rules, progress: Progress | None = None) -> Export:
    """The background half: it may run twice, and asks anew what the person may see."""
    if record.status != Export.Status.WRITING:
        return record
    listing = exportable(record.listing).listing
    access.require(record.actor, "export", listing.model)
    return _write(record, listing, selection(record.actor, record), rules, progress)


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


def asked_for(record: Export) -> list[tuple[Any, str]]:
    """What an export was asked for, by label: selection, columns, how numbers are written."""
    listing = exportable(record.listing).listing
    state = State(listing, QueryDict(record.query), record.actor)
    labels = {one.key: one.label for one in listing.filters}
    chosen = [(str(labels[key]), str(word)) for key, (_key, word) in state.chosen.items()]
    narrowed = [
        *([str(state.view.label)] if state.view else []),
        *map(_(": ").join, chosen),
        *([f"“{state.text}”"] if state.text else []),
    ]
    shown = _columns(state)
    facts = [
        (_("Selection"), _(", ").join(narrowed) or _("everything this person sees")),
        (_("Columns"), _(", ").join(str(one.label) for one in shown)),
    ]
    if any(one.kind == "phone" for one in shown):
        facts.append((_("Phone numbers"), _("in full where this person may reveal them")))
    return facts


def _log(actor: User, listing: Listing, query: str, file_format: str, reason: str = "") -> Export:
    return Export.objects.create(
        listing=listing.key,
        label=capfirst(str(listing.label))[:100],
        query=query,
        actor=actor,
        file_format=file_format,
        reason=reason.strip(),
    )


def _write(
    record: Export,
    listing: Listing,
    records: QuerySet,
    rules: Rules,
    progress: Progress | None = None,
) -> Export:
    state = State(listing, QueryDict(record.query), record.actor)
    rows = _Rows(record.actor, listing, state, records, progress)
    with tempfile.TemporaryFile() as file, asked_once():
        record.count = _fill(file, record, listing, rows)
        _keep(record, file)
    record.revealed = rows.revealed
    _conclude(record, rules)
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
def _conclude(record: Export, rules: Rules) -> None:
    record.version += 1
    record.save()
    write(
        actor=record.actor,
        verb="transfer.list.exported",
        about=record,
        changes=record.facts(),
    )
    volumes.watch_exports(record=record, limits=rules.confidentiality)


class _Rows:
    """The rows of an export, read in chunks from one query.

    Phone numbers are written in full only where this person may reveal those of that record;
    `revealed` counts these rows. `progress` is told the rows done and their number.
    """

    def __init__(
        self,
        person: User,
        listing: Listing,
        state: State,
        records: QuerySet,
        progress: Progress | None,
    ):
        self.person, self.listing, self.progress = person, listing, progress
        self.shown = _columns(state)
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
        for record in self._told(streamed(self.records, chunk=CHUNK, mark=marked)):
            cells = [str(title(record)), *[read(record) for read in readers]]
            numbers = [place for place in phones if cells[place]]
            if numbers:
                reveals = may_reveal(record)
                self.revealed += reveals
                written = phone_text if reveals else formats.masked_phone
                for place in numbers:
                    cells[place] = written(cells[place])
            yield cells

    def _told(self, records: Iterable[Any]) -> Iterator[Any]:
        """The same records; after every chunk of them somebody hears of it."""
        if self.progress is None:
            yield from records
            return
        total = self.records.count()
        for done, record in enumerate(records):
            if done % CHUNK == 0:
                self.progress(done, max(total, done))
            yield record


def _columns(state: State) -> Sequence[Shown]:
    """Those the person chose; else all, also those the page has no room for."""
    return state.columns if state.query.getlist("col") else state.offered
