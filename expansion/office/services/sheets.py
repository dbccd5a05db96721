"""The consolidated sheet of a period: who handed in what, and who is missing (R-exp-10)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Gone
from expansion.office import sections
from expansion.office.models import WorkReport
from expansion.office.selectors import reports
from expansion.people.models import User
from expansion.transfer.columns import Column, Kind
from expansion.transfer.writing import Watermark, write_workbook


@transaction.atomic
def export_reports(*, actor: User, kind: str, period: str) -> tuple[str, bytes]:
    """The period's reports as a workbook, its file name first; missing people stand on top.

    What is not handed in shows its state and nothing of its text. The export is logged, and the
    file carries the number of the log entry.

    Raises:
        Gone: the person oversees no report of that kind and period.
    """
    access.require(actor, "oversee", WorkReport)
    lines = _lines(actor, kind, period)
    entry = write(
        actor=actor,
        verb="office.reports.exported",
        about=None,
        changes={"kind": [None, kind], "period": [None, period], "rows": [None, len(lines)]},
    )
    first: WorkReport = lines[0]["report"]
    mark = Watermark(actor.name, clock.now(), str(entry.pk))
    return f"{first.title}.xlsx", _workbook(first.title, lines, mark)


def _lines(actor: User, kind: str, period: str) -> list[dict[str, Any]]:
    periods = {one.key for one in reports.periods(actor, kind)} if kind.isidentifier() else set()
    lines = reports.team(actor, kind, period)["rows"] if period in periods else []
    if not lines:
        raise Gone(_("There is nothing here for you at this address."))
    return lines


def _workbook(title: str, lines: Sequence[dict[str, Any]], mark: Watermark) -> bytes:
    rows = [line["report"] for line in lines]
    measured, told = _figure_columns(rows), _text_columns(rows)
    columns = [
        Column("person", _("Person")),
        Column("team", _("Team")),
        Column("state", _("State")),
        Column("due", _("Due"), Kind.DEADLINE),
        Column("submitted", _("Handed in"), Kind.MOMENT),
        *(Column(key, label) for key, label in measured.items()),
        *(Column(key, label, Kind.NOTE, width=40) for key, label in told.items()),
    ]
    target = io.BytesIO()
    cells = [_cells(line, list(measured), list(told)) for line in lines]
    write_workbook(target, columns, cells, title=title[:31], watermark=mark)
    return target.getvalue()


def _figure_columns(rows: Iterable[WorkReport]) -> dict[str, str]:
    return {
        f"{section['key']}.{figure['key']}": figure["label"]
        for row in rows
        if not row.is_open
        for section in row.figures
        for figure in section["figures"]
    }


def _text_columns(rows: Iterable[WorkReport]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        for section in sections.written(row):
            if not section.more or row.texts.get(section.key):
                found[section.key] = str(section.label)
        found[sections.PLAN] = str(sections.plan_label(row))
    return found


def _cells(line: dict[str, Any], measured: list[str], told: list[str]) -> list[Any]:
    row: WorkReport = line["report"]
    head = [row.owner.name, row.team.name, str(line["word"]), row.due_at, row.submitted_at]
    if row.is_open:
        return [*head, *[None] * (len(measured) + len(told))]
    values = {
        f"{section['key']}.{figure['key']}": f"{figure['value']} {figure['unit']}".strip()
        for section in row.figures
        for figure in section["figures"]
    }
    texts = row.texts | {sections.PLAN: "\n".join(row.plan)}
    return [*head, *(values.get(key) for key in measured), *(texts.get(key) for key in told)]
