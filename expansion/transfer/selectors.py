"""Reads over imports for their page and for the file of refused rows."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access
from expansion.transfer.columns import Column
from expansion.transfer.models import Import, ImportRow, Outcome
from expansion.transfer.phones import Phone
from expansion.transfer.registry import Draft, Importer, importer
from expansion.transfer.staging import drafts_of, row_batches
from expansion.ui.forms import new_key

PAGE = 50
MOST_MARKED = 2_000
FIX = "fix"
PLANNED = (
    (Outcome.CREATED, lazy("To create")),
    (Outcome.UPDATED, lazy("To fill in")),
    (FIX, lazy("To correct")),
    (Outcome.SUSPECT, lazy("Likely duplicates")),
    (Outcome.DUPLICATE, lazy("There already")),
    (Outcome.IGNORED, lazy("No record")),
)
WRITTEN = (
    (Outcome.CREATED, lazy("New records")),
    (Outcome.UPDATED, lazy("Filled in")),
    (Outcome.DUPLICATE, lazy("There already")),
    (Outcome.REFUSED, lazy("Not imported")),
    (Outcome.IGNORED, lazy("No record")),
)
NARROWED = {"marked": True, "outcome__in": [Outcome.CREATED, Outcome.UPDATED, Outcome.REFUSED]}


def steps(batch: Import) -> list[dict[str, Any]]:
    """Upload, columns, check, import: where this one stands."""
    place = {"checking": 2, "checked": 2, "failed": 2, "writing": 3}.get(batch.status, 4)
    labels = [_("Upload"), _("Column matching"), _("Check"), _("Import")]
    return [
        {
            "label": label,
            "state": "done" if number < place else "now" if number == place else "next",
        }
        for number, label in enumerate(labels)
    ]


def tabs(batch: Import, show: str) -> list[dict[str, Any]]:
    """The outcomes with the number of their rows."""
    counts = batch.counts | {FIX: batch.counts.get("marked", 0)}
    return [
        {"label": label, "url": f"?show={key}", "active": key == show, "count": counts.get(key, 0)}
        for key, label in _offered(batch)
    ]


def chosen_tab(batch: Import, wanted: str) -> str:
    """The tab asked for; else what needs the person most."""
    keys = [str(key) for key, _label in _offered(batch)]
    if wanted in keys:
        return wanted
    counts = batch.counts
    if batch.status == Import.Status.CHECKED and counts.get("marked"):
        return FIX
    return next((key for key in keys if counts.get(key)), keys[0])


def _offered(batch: Import) -> Sequence[tuple[str, Any]]:
    is_open = batch.status in {Import.Status.CHECKED, Import.Status.WRITING}
    return PLANNED if is_open else WRITTEN


def fixes_shown(batch: Import, start: str) -> dict[str, Any]:
    """One page of what should be corrected, refused rows first; `start` is the place in the list.

    Where the same text is wrong in many rows in the same way, one line stands for all of them.
    """
    desk = importer(batch.importer)
    labels = {column.key: column.label for column in desk.columns}
    lines: dict[tuple, dict[str, Any]] = {}
    for row in batch.rows.filter(**NARROWED).defer("cells", "written")[:MOST_MARKED]:
        for problem in row.problems:
            alike = problem["field"] in desk.mended_together
            key = (problem["field"], problem["text"]) if alike else (row.number, problem["field"])
            line = lines.setdefault(key, {"row": row, "problem": problem, "rows": 0})
            line["rows"] += 1
    ordered = sorted(lines.values(), key=lambda line: not line["problem"]["blocking"])
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 0
    page = ordered[first : first + PAGE]
    for line in page:
        line |= {"label": labels[line["problem"]["field"]], "key": new_key()}
    more = first + PAGE < len(ordered)
    return {
        "lines": page,
        "first": not first,
        "next_url": f"?show={FIX}&after={first + PAGE}" if more else "",
    }


def rows_shown(person: Any, batch: Import, show: str, after: str) -> dict[str, Any]:
    """One page of the rows of a tab; `after` is the last row number of the page before."""
    if show == FIX:
        return fixes_shown(batch, after)
    rows = batch.rows.filter(outcome=show)
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    found = list(rows.filter(number__gt=first)[: PAGE + 1])
    page, desk = found[:PAGE], importer(batch.importer)
    links = _links(person, desk, [row.record for row in page])
    labels = {column.key: column.label for column in desk.columns}
    drafts = drafts_of(batch, [row for row in page if row.is_data and row.cells])
    values = {draft.row.number: draft.values for draft in drafts}
    return {
        "rows": [_line(desk, row, values.get(row.number, {}), links) for row in page],
        "heads": [labels[key] for key in desk.preview],
        "first": not first,
        "next_url": f"?show={show}&after={page[-1].number}" if len(found) > PAGE else "",
    }


def _line(desk: Importer, row: ImportRow, values: dict, links: dict) -> dict[str, Any]:
    return {
        "row": row,
        "url": links.get(row.record, ""),
        "cells": [shown(values.get(key)) for key in desk.preview],
    }


def _links(person: Any, desk: Importer, ids: Sequence[int | None]) -> dict[int, str]:
    """The addresses of those records that this person may see now."""
    records = desk.model._default_manager.filter(pk__in=[pk for pk in ids if pk])
    visible = access.visible_to(person, records)
    return {one.pk: one.get_absolute_url() for one in visible if not _is_deleted(one)}


def _is_deleted(record: Any) -> bool:
    return getattr(record, "deleted_at", None) is not None


def shown(value: Any) -> str:
    """A value that was read, in words."""
    if isinstance(value, list):
        return _(", ").join(shown(one) for one in value)
    if isinstance(value, Phone):
        return value.text
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else str(value)


def suspect(person: Any, batch: Import, at: str) -> dict[str, Any] | None:
    """One likely duplicate beside the record that is there, by its place in the row of them."""
    rows = batch.rows.filter(outcome=Outcome.SUSPECT)
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 7 else 1
    total = batch.counts.get("undecided", 0)
    place = min(max(place, 1), max(total, 1))
    row = rows[place - 1 : place].first()
    if row is None:
        return None
    desk, [draft] = importer(batch.importer), drafts_of(batch, [row])
    return {
        "row": row,
        "place": place,
        "total": total,
        "lines": desk.compare(person=person, draft=draft) or _only_ours(desk, draft),
        "may_merge": desk.offers_merge(person=person, draft=draft),
        "key": new_key(),
        "previous_url": f"?show=suspect&at={place - 1}" if place > 1 else "",
        "next_url": f"?show=suspect&at={place + 1}" if place < total else "",
    }


def _only_ours(desk: Importer, draft: Draft) -> list[dict[str, Any]]:
    keys = (desk.columns[0].key, *desk.preview)
    labels = {column.key: column.label for column in desk.columns}
    return [{"label": labels[key], "yours": shown(draft.values.get(key))} for key in keys]


def error_columns(batch: Import) -> list[Column]:
    """The columns of the sheet under their own headers, the row number and the reason."""
    headers = [
        Column(f"c{place}", batch.headers.get(str(place), "")) for place in range(_width(batch))
    ]
    return [Column("row", _("Row")), *headers, Column("reason", _("Reason"), width=44)]


def error_rows(batch: Import) -> Iterator[list[object]]:
    """The refused rows as they stand in the file, with the corrections made here."""
    width = _width(batch)
    for rows in row_batches(batch):
        for row in (one for one in rows if one.outcome == Outcome.REFUSED):
            cells = [*row.cells, *[""] * width][:width]
            yield [row.number, *cells, row.reason]


def _width(batch: Import) -> int:
    return max((int(place) for place in batch.headers), default=0) + 1


def undone(batch: Import) -> dict[str, Any]:
    """After an undo: how many were taken back, and the rows whose records stay."""
    return {
        "taken": batch.rows.filter(undone=True).count(),
        "kept": list(batch.rows.filter(undone=False)[:PAGE]),
        "kept_count": batch.rows.filter(undone=False).count(),
    }
