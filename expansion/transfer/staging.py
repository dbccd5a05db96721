"""Rows of an import between file and list: kept in batches, read anew from their cells."""

import datetime
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, BinaryIO

from django.db.models import Count
from django.utils.translation import gettext as _

from expansion.errors import Invalid
from expansion.jobs.progress import Progress
from expansion.transfer import rowkinds
from expansion.transfer.columns import Kind
from expansion.transfer.models import Import, ImportRow, Outcome
from expansion.transfer.reading import Row, Table, Workbook, read_cells, read_workbook
from expansion.transfer.registry import Draft, Importer, Run, importer
from expansion.transfer.values import Circumstances

BATCH = 1000
LONGEST_CELL = 8_000
CHANGING = (
    "cells label identity problems marked outcome reason decision match record written".split()
)


def read_file(batch: Import, file: BinaryIO, *, default_year: int) -> None:
    """Take the rows of the chosen sheet, or of the fullest, out of the file.

    Rows of an earlier attempt are replaced.

    Raises:
        Invalid: the file cannot be read, or no sheet has the columns.
    """
    desk = importer(batch.importer)
    with read_workbook(file, desk.columns, filename=batch.name, default_year=default_year) as book:
        table = next((one for one in book.tables if one.name == batch.sheet), book.main)
        _describe(batch, desk, book, table)
        batch.rows.all().delete()
        batch.total = sum(_keep_rows(batch, rows) for rows in _in_batches(table.rows()))
    batch.save()


def _describe(batch: Import, desk: Importer, book: Workbook, table: Table) -> None:
    batch.sheet, batch.sheets = table.name, [one.name for one in book.tables]
    batch.header_row = table.header.row
    fields, unknown = table.header.fields, table.header.unknown
    texts = {**table.header.texts, **unknown}
    batch.headers = {str(place): storable(texts[place]) for place in sorted(texts)}
    batch.mapping = {str(place): column.key for place, column in fields.items()}
    batch.year, batch.from_1904 = table.year, table.from_1904
    skipped = [
        _("Sheet “%(sheet)s” is left out. %(reason)s") % {"sheet": name, "reason": reason}
        for name, reason in book.skipped
    ]
    batch.remarks = [
        storable(text)
        for text in [
            *book.remarks,
            *desk.remarks(actor=batch.actor, keys=set(batch.mapping.values())),
            *skipped,
        ]
    ]


def _in_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while part := list(islice(rows, BATCH)):
        yield part


def _keep_rows(batch: Import, rows: Sequence[Row]) -> int:
    ImportRow.objects.bulk_create(
        ImportRow(
            batch=batch,
            number=row.number,
            kind=str(row.kind),
            cells=[storable(cell) for cell in row.cells],
            reason=rowkinds.reason_of(row.kind),
        )
        for row in rows
    )
    return len(rows)


def storable(cell: object) -> Any:
    """The cell as JSON holds it; reading it again gives the same value."""
    if isinstance(cell, str):
        return cell.replace("\0", "").encode("utf-8", "ignore").decode()[:LONGEST_CELL]
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else str(cell)
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def judge_all(batch: Import, run: Run, progress: Progress) -> None:
    """Give every row of data its outcome, from the first to the last."""
    done = 0
    for rows in row_batches(batch):
        judge(batch, run, rows)
        save_rows(rows)
        done += len(rows)
        progress(done, max(batch.total, done))


def judge(batch: Import, run: Run, rows: Sequence[ImportRow]) -> list[Draft]:
    """What these rows read as, with outcome, reason and problems; not saved yet."""
    drafts = drafts_of(batch, rows)
    run.judge(drafts)
    for draft in drafts:
        _note_problems(draft)
    return drafts


def row_batches(batch: Import) -> Iterator[list[ImportRow]]:
    """The rows of data in the order of the sheet, a thousand at a time."""
    last, rows = 0, batch.rows.filter(kind=rowkinds.RowKind.DATA)
    while part := list(rows.filter(number__gt=last)[:BATCH]):
        yield part
        last = part[-1].number


def drafts_of(batch: Import, rows: Iterable[ImportRow]) -> list[Draft]:
    """The rows as their cells read under the import's mapping."""
    desk = importer(batch.importer)
    by_key = {column.key: column for column in desk.columns}
    fields = {int(place): by_key[key] for place, key in batch.mapping.items() if key in by_key}
    where = Circumstances(batch.year, batch.from_1904)
    drafts = []
    for row in rows:
        taken = read_cells(desk.columns, fields, row.cells, where)
        drafts.append(Draft(row, taken.values, taken.problems))
        row.label = str(taken.values.get(desk.columns[0].key, ""))[:200]
        row.identity = desk.identity(taken.values)[:400]
    return drafts


def _note_problems(draft: Draft) -> None:
    """Keep what a person should look at beside the row."""
    draft.row.problems = [
        {name: storable(value) for name, value in asdict(problem).items()}
        for problem in draft.problems
    ]
    draft.row.marked = bool(draft.problems)


def save_rows(rows: Sequence[ImportRow]) -> None:
    """Write the rows back in as few statements as there are batches: an upsert, because a
    statement with a case per row is many times slower."""
    ImportRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=CHANGING
    )


def recount(batch: Import) -> None:
    """Count the rows per outcome, and those that a person should look at."""
    found = batch.rows.order_by().values("outcome").annotate(count=Count("pk"))
    looked_at = [Outcome.CREATED, Outcome.UPDATED, Outcome.REFUSED]
    batch.counts = {one["outcome"]: one["count"] for one in found} | {
        "marked": batch.rows.filter(marked=True, outcome__in=looked_at).count(),
        "undecided": batch.rows.filter(outcome=Outcome.SUSPECT).count(),
    }


def check_mapping(desk: Importer, mapping: dict[str, str]) -> None:
    """Every required column is there, and only phones may come from two columns.

    Raises:
        Invalid: it does not hold; the sentence names the column.
    """
    chosen = list(mapping.values())
    for column in desk.columns:
        names = {"column": column.label}
        if column.required and column.key not in chosen:
            raise Invalid(_("Say which column is “%(column)s”.") % names)
        if column.kind is not Kind.PHONES and chosen.count(column.key) > 1:
            raise Invalid(_("“%(column)s” can come from one column only.") % names)
