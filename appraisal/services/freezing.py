"""What a roll-up writes: one line per part of an indicator, and the records behind each line.

Ten thousand people have sixty thousand lines and many more records behind them. Both are written
as plain rows, each kind in one statement: COPY on PostgreSQL, where making a model of every row
costs ten times as much as storing it (quality.md).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from appraisal.circles import Circles
from appraisal.figures import Targets, target_of, targets_of, together, value_of
from appraisal.models import Cycle, Evidence, Line, Participant
from appraisal.scoring import SIX_PLACES, indicators
from expansion import metrics
from expansion.metrics import Reading
from expansion.rulebook.scoring import Indicator, Part

Readings = Mapping[str, Mapping[int, Reading]]
Key = tuple[int, str, str]
LINE = ("participant", "indicator", "part", "rated", "metric", "value", "target")
EVIDENCE = (
    "line", "about_type", "about_id", "about_label", "label", "on", "value", "counted", "note"
)  # fmt: skip

BATCH = 2_000  # rows made into bytes at a time
# What COPY's text format reads as something else than itself.
SPECIAL = re.compile(r"[\\\t\n\r]")
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@dataclass(slots=True)
class Slot:
    """One line to be filled: whose, which part of which indicator, and whose records count."""

    participant: Participant
    indicator: Indicator
    part: Part
    circle: tuple[int, ...]

    @property
    def key(self) -> Key:
        return self.participant.pk, self.indicator.key, self.part.key

    @property
    def rated(self) -> bool:
        return self.part.kind == "rated"

    def reading(self, readings: Readings) -> Reading | None:
        found = readings[self.part.metric]
        return together(self.part, (found.get(person) for person in self.circle))

    def target(self, targets: Targets) -> Decimal | None:
        one = self.participant
        return target_of(
            self.indicator,
            self.part,
            one.cycle.kind,
            targets,
            person=one.owner_id,
            team=one.team_id,
        )


def slots(cycle: Cycle, people: Iterable[Participant]) -> Iterator[Slot]:
    """Every line of these people of a cycle, as their sets foresee it."""
    rules = cycle.rules

    @cache
    def foreseen(kpi_set: str) -> list[tuple[Indicator, Part]]:
        known = indicators(rules, rules.kpi_set(kpi_set))
        return [(indicator, part) for indicator in known for part in indicator.how]

    people = list(people)
    circles = Circles(rules, ((one.owner_id, one.team_id, one.kpi_set) for one in people))
    for one in people:
        circle = circles.of(one.owner_id, one.team_id, one.kpi_set)
        for indicator, part in foreseen(one.kpi_set):
            yield Slot(one, indicator, part, circle)


def write_figures(cycle: Cycle, people: Iterable[Participant], readings: Readings) -> int:
    """Writes the readings' values with their evidence; returns how many lines they filled.

    A corrected or rated line that is there keeps what it says.
    """
    targets = targets_of(cycle)
    known = {(one.participant_id, one.indicator, one.part): one for one in _lines(cycle)}
    new, changed, filled = [], [], []
    for slot in slots(cycle, people):
        line = known.get(slot.key)
        corrected = line is not None and line.corrected_by_id is not None
        if line is None:
            new.append(_line(slot, targets, readings))
        elif not (corrected or slot.rated):
            line.value = value_of(slot.part, slot.reading(readings))
            line.target = slot.target(targets)
            changed.append(line)
        if not (corrected or slot.rated):
            filled.append(slot)
    _insert(Line, LINE, new)
    Line.objects.bulk_update(changed, ["value", "target"], batch_size=500)
    Evidence.objects.filter(line__in=[line.pk for line in changed]).delete()
    write_evidence(_behind(cycle, filled, readings))
    return len(filled)


def _lines(cycle: Cycle) -> models.QuerySet[Line]:
    return Line.objects.filter(participant__cycle=cycle)


def _line(slot: Slot, targets: Targets, readings: Readings) -> tuple[Any, ...]:
    """The row of a new line, in the order of `LINE`."""
    value = None if slot.rated else value_of(slot.part, slot.reading(readings))
    target = None if slot.rated else slot.target(targets)
    return (*slot.key, slot.rated, slot.part.metric, value, target)


def _behind(
    cycle: Cycle, filled: Iterable[Slot], readings: Readings
) -> Iterator[tuple[int, metrics.Evidence]]:
    """What lies behind each filled line, with the line's key."""
    found = _lines(cycle).values_list("participant_id", "indicator", "part", "pk")
    lines = {tuple(key): pk for *key, pk in found}
    for slot in filled:
        reading, line = slot.reading(readings), lines[slot.key]
        for one in reading.evidence if reading else ():
            yield line, one


def write_evidence(found: Iterable[tuple[int, metrics.Evidence]]) -> None:
    """Freezes evidence, each record behind the line of this key."""
    _insert(Evidence, EVIDENCE, _frozen(found))


def _frozen(found: Iterable[tuple[int, metrics.Evidence]]) -> Iterator[tuple[Any, ...]]:
    """The rows in the order of `EVIDENCE`."""

    @cache
    def kind(model: type[models.Model] | None) -> int | None:
        return None if model is None else ContentType.objects.get_for_model(model).pk

    for line, (model, pk, text, on, value, counted, note) in found:
        label, value = text[:200], Decimal(value).quantize(SIX_PLACES)
        yield line, kind(model), pk, label, label, on, value, counted, note[:300]


def _insert(
    model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Stores the rows in one statement, however many there are."""
    fields = [model._meta.get_field(name) for name in names]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", _file(rows))
        else:
            marks = ", ".join("%s" for field in fields)
            into = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our names
            cursor.executemany(into, [_stored(fields, row) for row in rows])


def _file(rows: Iterable[tuple[Any, ...]]) -> BytesIO:
    """The rows in COPY's text format: bytes need a fraction of the memory of one long text."""
    lines, file = map(_copied, rows), BytesIO()
    while batch := "".join(islice(lines, BATCH)):
        file.write(batch.encode())
    file.seek(0)
    return file


def _copied(row: tuple[Any, ...]) -> str:
    return "\t".join([_escaped(cell) if type(cell) is str else _plain(cell) for cell in row]) + "\n"


def _escaped(text: str) -> str:
    return text.translate(ESCAPES) if SPECIAL.search(text) else text


def _plain(value: Any) -> str:
    return r"\N" if value is None else str(value)


def _stored(fields: Sequence[Any], row: tuple[Any, ...]) -> list[Any]:
    return [
        field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)
    ]
