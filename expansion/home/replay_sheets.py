"""The rehearsal of a draft as a workbook; each is logged and carries its number."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import clock
from expansion.audit.services import write
from expansion.home.compliance_words import numbers_words
from expansion.people.models import User
from expansion.rulebook.models import Version
from expansion.rulebook.recounting import Recounted
from expansion.rulebook.replaying import Part, rehearse, rules_as_published
from expansion.transfer.columns import Column, Kind
from expansion.transfer.writing import Watermark, write_workbook
from expansion.worktime import Period

UNJUDGED = gettext_lazy("You see no record of this part in the period: nothing can be judged.")
TITLE_LENGTH = 31  # of a sheet's name


@transaction.atomic
def export_replay(*, actor: User, version: Version, period: Period) -> tuple[str, bytes]:
    """Every record that was replayed and that the actor sees, and every case that would stand
    otherwise; the file's name first.

    Raises:
        Invalid: together the draft's values do not hold yet.
    """
    found = rehearse(actor, rules_as_published(version), period)
    lines = [*_lines(found.parts), *_cases(found.recounted)]
    changes = {"period": [None, period.key], "rows": [None, len(lines)]}
    entry = write(actor=actor, verb="home.replay.exported", about=version, changes=changes)
    title = _("Rehearsal %(version)s, %(period)s") % {"version": version, "period": period.label}
    target = io.BytesIO()
    mark = Watermark(actor.name, clock.now(), str(entry.pk))
    write_workbook(target, _heads(), lines, title=title[:TITLE_LENGTH], watermark=mark)
    return f"{title}.xlsx", target.getvalue()


def _heads() -> list[Column]:
    return [
        Column("part", _("Part")),
        Column("record", _("Record"), width=40),
        Column("before", _("As it happened")),
        Column("after", _("By the draft")),
        Column("differs", _("Differs"), Kind.FLAG),
        Column("note", _("Remark"), Kind.NOTE, width=40),
    ]


def _lines(parts: Sequence[Part]) -> Iterator[list[Any]]:
    """One line for each record; a part that has none says that it tells nothing."""
    for part in parts:
        if part.is_empty:
            yield [str(part.offer.label), "", "", "", False, str(UNJUDGED)]
        for row in part.rows:
            after = _("cannot be said") if row.after is None else str(row.after)
            yield [
                str(part.offer.label),
                str(row.label),
                str(row.before),
                after,
                row.differs,
                str(row.note),
            ]


def _cases(recounted: Sequence[Recounted]) -> Iterator[list[Any]]:
    """One line for each record whose cases would stand otherwise; a name that is not the reader's
    stays empty."""
    for one in recounted:
        for row in one.moved:
            yield [
                str(one.check.label),
                row.named.name,
                numbers_words(row.before),
                numbers_words(row.after),
                True,
                row.named.person,
            ]
