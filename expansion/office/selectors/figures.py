"""The locked figures of a report, drawn from the period's records by what the apps offer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.db.models import ForeignKey, Q
from django.utils import translation
from django.utils.translation import gettext as _

from expansion import access, clock, offers
from expansion.metrics import Evidence, read_together
from expansion.office import sections
from expansion.office.models import WorkReport
from expansion.office.selectors.reporters import WORKING
from expansion.people.models import Membership, Status, User
from expansion.people.selectors import Tree, standings
from expansion.ui import formats

MOST_KEPT = 2000  # records behind one figure; of more than that it opens none
ON_A_PAGE = 100
MOST_LISTED = 200  # people of a unit, each with a line
Seats = list[tuple[date, date]]  # the days, both included, on which somebody sat in the unit


def coverage(report: WorkReport) -> tuple[datetime, datetime]:
    """The moments whose records count: from where the report before ends to now, or to the own end.

    One ends at the cut of its cadence, else with its period, or earlier where it was handed in:
    what happens after that counts for the next one, and nothing is counted twice or by none.
    """
    start, end = report.counts
    before = previous(report)
    if before is not None:
        start = before.counts[1]
        if not before.is_open and before.covers_until:
            start = before.covers_until
    return start, max(start, min(clock.now(), end))


def previous(report: WorkReport) -> WorkReport | None:
    """The same person's report of the period before, or before weeks in which nobody works."""
    earlier = WorkReport.objects.filter(
        owner_id=report.owner_id, kind=report.kind, begins_on__lt=report.begins_on
    ).first()
    if earlier is None:
        return None
    follows = earlier.period == report.span.previous().key
    return earlier if follows or earlier.counts[1] >= report.counts[0] else None


def fill(report: WorkReport, *, longest: int = 2000) -> None:
    """Draws an open report as of now, in memory; the caller stores it or only shows it.

    Where nothing is written yet the records' own lines stand as a draft, and the lines of the last
    plan wait for what became of them.
    """
    report.covers_from, report.covers_until = coverage(report)
    report.figures = draw(report)
    first = sections.written(report)[0].key
    if not report.texts.get(first):
        with translation.override(report.owner.language):
            draft = "\n".join(lines_of(report.figures))
        report.texts = {**report.texts, first: draft[:longest]}
    if not report.results:
        before = previous(report)
        report.results = [
            {"text": text, "outcome": "", "note": ""} for text in (before.plan if before else ())
        ]


def draw(report: WorkReport) -> list[dict[str, Any]]:
    """Every section with something to say, in the reporter's language, as plain data: of the
    reporter, or of everybody in the unit for which the report speaks, in as many queries."""
    start, end = coverage(report)
    seats = _seats(report, start, end)
    people = sorted(seats, key=lambda person: (person.username, person.pk))
    with translation.override(report.owner.language), read_together():
        drawn = [
            (section, section.draw(people, start, end))
            for section in offers.of(offers.ReportSection)
        ]
        drawn = [(section, found) for section, found in drawn if found]
        if report.unit_id:
            drawn = [(section, _of_unit(found, seats, start)) for section, found in drawn]
            people = _told_of(people, [found for _section, found in drawn])
        kept = [
            {
                "key": section.key,
                "label": str(section.label),
                "figures": [_plain(figure, report, people) for figure in found.get("figures", ())],
                "lines": [str(line) for line in found.get("lines", ())],
            }
            for section, found in drawn
        ]
        return kept


def _seats(report: WorkReport, start: datetime, end: datetime) -> dict[User, Seats]:
    """Whose records count, and on which days: the owner's on all; of a unit whoever works in it or
    below, while they do."""
    first, last = clock.local_date(start), clock.local_date(end)
    found: dict[User, Seats] = defaultdict(list)
    found[report.owner].append((first, last))
    if report.unit_id:
        held = Membership.objects.filter(Q(until=None) | Q(until__gte=first), since__lte=last)
        within = held.filter(unit__in=Tree().below(report.unit_id), post__role__in=WORKING)
        for seat in within.select_related("user"):
            found[seat.user].append((seat.since, seat.until or last))
        known = standings(found)
        for person in found:
            person.standing = known[person.pk]
    return found


def _of_unit(
    found: Mapping[str, Any], seats: Mapping[User, Seats], start: datetime
) -> dict[str, Any]:
    """Without what people did in the period while they worked elsewhere, and without a line for
    each record: of a unit each person is told in one."""
    days, first = {person.pk: held for person, held in seats.items()}, clock.local_date(start)

    def counts(person: int, one: Evidence) -> bool:
        return one.on < first or any(since <= one.on <= until for since, until in days[person])

    def there(figure: offers.Figure) -> offers.Figure:
        kept = {
            person: [one for one in several if counts(person, one)]
            for person, several in figure.found.items()
            if person in days
        }
        return replace(figure, found=kept)

    return {"figures": [there(figure) for figure in found.get("figures", ())]}


def _told_of(people: Sequence[User], drawn: Iterable[Mapping[str, Any]]) -> list[User]:
    """Whoever still works here, and whoever has left and has something in the period."""
    busy = {
        person
        for found in drawn
        for figure in found["figures"]
        for person, several in figure.found.items()
        if several
    }
    return [one for one in people if one.status == Status.ACTIVE or one.pk in busy]


def _plain(figure: offers.Figure, report: WorkReport, people: Sequence[User]) -> dict[str, Any]:
    by_person = {person.pk: _sum(figure.found.get(person.pk, ())) for person in people}
    plain = {
        "key": figure.key,
        "label": str(figure.label),
        "value": str(sum(by_person.values(), Decimal())),
        "unit": str(figure.unit),
        "records": _records(figure),
    }
    if report.unit_id:
        plain["people"] = [[pk, str(value)] for pk, value in by_person.items()]
    return plain


def _sum(found: Iterable[Evidence]) -> Decimal:
    return sum((one.value for one in found if one.counted), Decimal())


def _records(figure: offers.Figure) -> dict[str, Any]:
    """The records behind it as they are kept: kind, and of each the id, the day and the person.
    What they are called is read when they are opened, by whoever may see them."""
    found = [
        (one, person)
        for person, several in figure.found.items()
        for one in several
        if one.counted and one.model is not None
    ]
    if not found or len(found) > MOST_KEPT:
        return {}
    found.sort(key=lambda each: each[0].on)
    rows = [[one.pk, one.on.isoformat(), person] for one, person in found]
    return {"model": found[0][0].model._meta.label_lower, "rows": rows}


def lines_of(drawn: list[dict[str, Any]]) -> list[str]:
    """The draft of the first text: a line per record; of a unit one per person with anything."""
    records = [line for section in drawn for line in section["lines"]]
    people = by_person(drawn)
    return records or [_line(one, people["heads"]) for one in people["busy"]]


def _line(one: dict[str, Any], heads: Iterable[str]) -> str:
    cells = zip(heads, one["cells"], strict=True)
    told = _(", ").join(f"{head} {cell}" for head, cell in cells if cell)
    return _(": ").join((one["name"], told))


def by_person(drawn: list[dict[str, Any]]) -> dict[str, Any]:
    """Of a unit's report what each person adds to the figures that are not nought, in words; who
    has anything is `busy`. Nobody where it counts the owner's records alone."""
    figures = [one for section in drawn for one in section["figures"] if one.get("people")]
    ids = [pk for pk, _value in figures[0]["people"]] if figures else []
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    told = [one for one in figures if Decimal(one["value"])]
    values = [dict(one["people"]) for one in told]
    rows = [
        {
            "name": names[pk],
            "cells": [
                in_words(of_all[pk], one["unit"]) if Decimal(of_all[pk]) else ""
                for one, of_all in zip(told, values, strict=True)
            ],
        }
        for pk in ids
    ]
    busy = [row for row in rows if any(row["cells"])]
    idle = [row for row in rows if not any(row["cells"])]
    return {
        "heads": [one["label"] for one in told],
        "busy": busy,
        "rows": (busy + idle)[:MOST_LISTED],
        "more": max(0, len(ids) - MOST_LISTED),
        "count": len(ids),
    }


def in_words(value: str, unit: str) -> str:
    """A value with its unit; a sum of money as money is written everywhere."""
    if len(unit) == 3 and unit.isascii() and unit.isupper():
        return formats.money(Decimal(value), unit)
    return f"{value} {unit}".strip()


def table(drawn: list[dict[str, Any]], before: WorkReport | None) -> list[dict[str, Any]]:
    """All figures in order, each with its value in the previous report, and the address that opens
    its records; none for one whose records were not kept with it."""
    old = {
        (section["key"], figure["key"]): in_words(figure["value"], figure["unit"])
        for section in (before.figures if before and not before.is_open else [])
        for figure in section["figures"]
    }
    return [
        {
            **figure,
            "name": f"{section['key']}.{figure['key']}",
            "words": in_words(figure["value"], figure["unit"]),
            "before": old.get((section["key"], figure["key"]), ""),
            "url": _address(section, figure),
        }
        for section in drawn
        for figure in section["figures"]
    ]


def _address(section: dict[str, Any], figure: dict[str, Any]) -> str:
    if not figure.get("records"):
        return ""
    return "?" + urlencode({"figure": f"{section['key']}.{figure['key']}"})


def opened(
    person: Any, report: WorkReport, figures: Iterable[dict[str, Any]], name: str, number: str
) -> dict[str, Any] | None:
    """The records that were counted for one figure, as far as this reader may see them and they
    are still there; `hidden` says how many more there are."""
    figure = next((one for one in figures if one["name"] == name and one["url"]), None)
    if figure is None:
        return None
    model, rows = apps.get_model(figure["records"]["model"]), figure["records"]["rows"]
    live = getattr(model._default_manager, "live", model._default_manager.all)()
    counted = live.filter(pk__in=[pk for pk, _day, _person in rows])
    seen = set(access.visible_to(person, counted).order_by().values_list("pk", flat=True))
    page = Paginator([row for row in rows if row[0] in seen], ON_A_PAGE).get_page(number)
    pointed_at = [one.name for one in model._meta.concrete_fields if isinstance(one, ForeignKey)]
    records = counted.select_related(*pointed_at).in_bulk([pk for pk, _day, _person in page])
    names = _names(page) if report.unit_id else {}
    return {
        "name": name,
        "rows": [
            {
                "record": records[pk],
                "day": date.fromisoformat(day),
                "person": names.get(whose, ""),
            }
            for pk, day, whose in page
            if pk in records
        ],
        "hidden": len(rows) - len(seen),
        "pager": _pager(page, figure["url"]),
    }


def _names(rows: Iterable[Sequence[Any]]) -> dict[int, str]:
    ids = {whose for _pk, _day, whose in rows}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def _pager(page: Page, url: str) -> dict[str, Any]:
    def address(number: int) -> str:
        return f"{url}&page={number}"

    return {
        "first": page.start_index(),
        "last": page.end_index(),
        "total_label": page.paginator.count,
        "many": page.has_other_pages(),
        "previous_url": address(page.previous_page_number()) if page.has_previous() else "",
        "next_url": address(page.next_page_number()) if page.has_next() else "",
    }


def shown(drawn: list[dict[str, Any]], address: str) -> list[dict[str, Any]]:
    """The figures for a machine: without the records, which may not be the reader's to see; the
    page at `address` opens them."""
    return [
        section
        | {
            "figures": [
                {key: value for key, value in figure.items() if key != "records"}
                | {"url": address + _address(section, figure) if figure.get("records") else ""}
                for figure in section["figures"]
            ]
        }
        for section in drawn
    ]
