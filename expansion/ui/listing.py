"""Lists, declared per noun in a few lines: columns, filters, saved views, search, order.

One declaration serves the page, the phone's cards, the export and the API. State lives in the
query string, so an address can be kept and sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from expansion import access
from expansion.ui import formats

PAGE = 50
CAP = 1000
WRITERS: dict[str, Callable[[Any], str]] = {
    "text": lambda value: "" if value is None else str(value),
    "number": formats.number,
    "money": formats.money,
    "date": formats.day,
    "moment": formats.moment,
    "phone": formats.masked_phone,
}
RIGHT = {"number", "money", "date", "moment"}


@dataclass(frozen=True)
class Column:
    """One column.

    `value(record)` gives the plain value for export and API; `cell(record)` the HTML where the
    plain value in the form of `kind` is not enough. `sort` is the field it orders by. A column
    that is not `shown` waits in the columns menu.
    """

    key: str
    label: Any
    value: Callable[[Any], Any]
    kind: str = "text"
    sort: str = ""
    cell: Callable[[Any], SafeString] | None = None
    shown: bool = True
    width: int = 16

    def html(self, record: Any) -> SafeString | str:
        if self.cell:
            return conditional_escape(self.cell(record))
        return conditional_escape(WRITERS[self.kind](self.value(record)))

    @property
    def css(self) -> str:
        return "num" if self.kind in RIGHT else ""


@dataclass(frozen=True)
class Filter:
    """One filter chip: `choices(person)` gives (key, label); `narrow(records, key)` applies it."""

    key: str
    label: Any
    choices: Callable[[Any], Iterable[tuple[str, Any]]]
    narrow: Callable[[QuerySet, str], QuerySet]


@dataclass(frozen=True)
class SavedView:
    """A named selection, offered above the list: `narrow(records, person)`."""

    key: str
    label: Any
    narrow: Callable[[QuerySet, Any], QuerySet]
    allowed: Callable[[Any], bool] = lambda person: True
    icon: str = ""


@dataclass(frozen=True)
class Act:
    """An act on the selected rows; `route` takes the POST with the ids as `selected`."""

    label: Any
    icon: str
    route: str
    action: str = "edit"
    danger: bool = False


@dataclass(frozen=True)
class Listing:
    """A list of one noun. `title(record)` and `url(record)` make the first column and the link."""

    key: str
    model: type[models.Model]
    label: Any
    columns: Sequence[Column]
    url: Callable[[Any], str]
    title: Callable[[Any], Any] = str
    filters: Sequence[Filter] = ()
    views: Sequence[SavedView] = ()
    acts: Sequence[Act] = ()
    search: Callable[[QuerySet, str], QuerySet] | None = None
    search_hint: Any = ""
    order: Sequence[str] = ("-pk",)
    prepare: Callable[[QuerySet], QuerySet] = lambda records: records
    name: Any = ""
    badges: Callable[[Any], SafeString | str] = lambda record: ""
    card: Callable[[Any], Any] | None = None

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    def select(self, records: QuerySet, query: QueryDict, person: Any) -> QuerySet:
        """`records` narrowed and ordered as the query string says; unknown words are ignored."""
        state = State(self, query, person)
        return state.ordered(state.narrowed(records))


@dataclass
class State:
    """What the query string says of a list: view, search, filters, order, page, columns."""

    listing: Listing
    query: QueryDict
    person: Any
    number: int = field(init=False)

    def __post_init__(self) -> None:
        page = self.query.get("page", "1")
        self.number = (
            int(page) if page.isascii() and page.isdigit() and 0 < int(page) < 10**6 else 1
        )

    @cached_property
    def text(self) -> str:
        return self.query.get("q", "").replace("\x00", "").strip()[:100]

    @cached_property
    def view(self) -> SavedView | None:
        allowed = [view for view in self.listing.views if view.allowed(self.person)]
        wanted = self.query.get("view", "")
        return next((view for view in allowed if view.key == wanted), None)

    @cached_property
    def chosen(self) -> dict[str, tuple[str, Any]]:
        """{filter key: (choice key, label)} of the filters in use."""
        found = {}
        for one in self.listing.filters:
            wanted = self.query.get(one.key)
            for key, label in one.choices(self.person) if wanted else ():
                if key == wanted:
                    found[one.key] = (key, label)
        return found

    @cached_property
    def sort(self) -> tuple[Column | None, bool]:
        """The column the list is sorted by and whether downwards."""
        wanted = self.query.get("sort", "")
        column = self.listing.column(wanted.lstrip("-"))
        return (column if column and column.sort else None), wanted.startswith("-")

    def narrowed(self, records: QuerySet) -> QuerySet:
        if self.view:
            records = self.view.narrow(records, self.person)
        for one in self.listing.filters:
            if one.key in self.chosen:
                records = one.narrow(records, self.chosen[one.key][0])
        if self.text and self.listing.search:
            records = self.listing.search(records, self.text)
        return records

    def ordered(self, records: QuerySet) -> QuerySet:
        column, down = self.sort
        if column is None:
            return records.order_by(*self.listing.order)
        return records.order_by(f"{'-' if down else ''}{column.sort}", "-pk")

    @cached_property
    def columns(self) -> list[Column]:
        wanted = set(self.query.getlist("col"))
        if not wanted:
            return [column for column in self.listing.columns if column.shown]
        return [column for column in self.listing.columns if column.key in wanted]

    @property
    def dense(self) -> bool:
        return self.query.get("density") != "roomy"

    def url(self, **changes: Any) -> str:
        """The list's address with some words changed; None drops a word."""
        query = self.query.copy()
        query.pop("page", None)
        for key, value in changes.items():
            query.pop(key, None)
            if value is not None:
                query[key] = str(value)
        return f"?{query.urlencode()}"


class Page:
    """One page of a list, ready to be drawn."""

    def __init__(self, listing: Listing, request: HttpRequest, visible: QuerySet):
        self.listing = listing
        self.state = State(listing, request.GET, request.user)
        self.visible = visible
        self.offered_acts = [
            act for act in listing.acts if access.can(request.user, act.action, listing.model)
        ]
        self.may_select = bool(self.offered_acts)

    @cached_property
    def selected(self) -> QuerySet:
        return self.state.narrowed(self.visible)

    @cached_property
    def _found(self) -> list[Any]:
        start = (self.state.number - 1) * PAGE
        records = self.listing.prepare(self.state.ordered(self.selected))
        return list(records[start : start + PAGE + 1])

    @property
    def records(self) -> list[Any]:
        return self._found[:PAGE]

    @cached_property
    def total(self) -> int:
        """How many there are, counted to 1,001 at most: a long list is not counted to its end."""
        if self.state.number == 1 and len(self._found) <= PAGE:
            return len(self._found)
        return self.selected.order_by().values("pk")[: CAP + 1].count()

    @property
    def total_label(self) -> str:
        return formats.count(self.total)

    @property
    def narrowed(self) -> bool:
        return bool(self.state.text or self.state.chosen or self.state.view)

    @property
    def clear_url(self) -> str:
        """The list without search, filters and view; empty where none is in use."""
        return "?" if self.narrowed else ""

    @property
    def nothing(self) -> str:
        """The sentence that nothing matches what the list was narrowed to."""
        words = [str(label) for key, label in self.state.chosen.values()]
        if self.state.view:
            words.insert(0, str(self.state.view.label))
        if self.state.text:
            words.append(self.state.text)
        return _("No %(noun)s with “%(words)s”.") % {
            "noun": self.name,
            "words": _(", ").join(words),
        }

    @property
    def acts(self) -> list[dict[str, Any]]:
        return [
            {"label": act.label, "icon": act.icon, "url": reverse(act.route), "danger": act.danger}
            for act in self.offered_acts
        ]

    @property
    def pager(self) -> dict[str, Any]:
        number = self.state.number
        first = (number - 1) * PAGE + 1
        return {
            "first": first if self.records else 0,
            "last": first + len(self.records) - 1 if self.records else 0,
            "total_label": self.total_label,
            "previous_url": self.state.url(page=number - 1) if number > 1 else "",
            "next_url": self.state.url(page=number + 1) if len(self._found) > PAGE else "",
        }

    @property
    def heads(self) -> list[dict[str, Any]]:
        sorted_by, down = self.state.sort
        return [
            {
                "label": column.label,
                "css": column.css,
                "sorted": column is sorted_by,
                "down": down,
                "url": self.state.url(
                    sort=column.key if column is not sorted_by or down else f"-{column.key}"
                )
                if column.sort
                else "",
            }
            for column in self.state.columns
        ]

    @property
    def rows(self) -> SafeString:
        """The table's rows. Drawn here and not in a template: 50 rows × 10 cells cost 1 ms so."""
        return mark_safe("".join(map(self._row, self.records)))  # noqa: S308 — each part is escaped

    def _row(self, record: Any) -> str:
        columns = self.state.columns
        cells = "".join(
            f'<td class="{column.css}">{column.html(record)}</td>'
            if column.css
            else f"<td>{column.html(record)}</td>"
            for column in columns
        )
        url = self.listing.url(record)
        title = conditional_escape(self.listing.title(record))
        box = (
            f'<td class="select"><input type="checkbox" name="selected" value="{record.pk}" '
            f'data-select aria-label="{title}"></td>'
            if self.may_select
            else ""
        )
        return (
            f'<tr data-href="{url}">{box}<td class="name"><a href="{url}">{title}</a>'
            f"{conditional_escape(self.listing.badges(record))}</td>{cells}</tr>"
        )

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The same rows for a phone: a title and one line of the first shown columns."""
        if self.listing.card:
            return [self.listing.card(record) for record in self.records]
        return [
            {
                "title": self.listing.title(record),
                "url": self.listing.url(record),
                "badges": self.listing.badges(record),
                "text": self._line(record),
            }
            for record in self.records
        ]

    def _line(self, record: Any) -> SafeString:
        """The first shown columns that say something, with dots between."""
        texts = [column.html(record) for column in self.state.columns[:3]]
        said = [(text,) for text in texts if text not in ("", formats.NOTHING)]
        return format_html_join(" · ", "{}", said)

    @property
    def views(self) -> list[dict[str, Any]]:
        current = self.state.view
        offered = [view for view in self.listing.views if view.allowed(self.state.person)]
        return [
            {
                "label": view.label,
                "url": f"?view={view.key}",
                "active": view is current,
                "icon": view.icon,
            }
            for view in offered
        ]

    @property
    def filters(self) -> list[dict[str, Any]]:
        return [self._filter(one) for one in self.listing.filters]

    def _filter(self, one: Filter) -> dict[str, Any]:
        key, label = self.state.chosen.get(one.key, ("", ""))
        return {
            "name": one.key,
            "label": one.label,
            "value": label,
            "clear_url": self.state.url(**{one.key: None}),
            "choices": [
                {
                    "label": text,
                    "url": self.state.url(**{one.key: choice}),
                    "active": choice == key,
                }
                for choice, text in one.choices(self.state.person)
            ],
        }

    @property
    def search(self) -> dict[str, Any] | None:
        if not self.listing.search:
            return None
        hidden = [
            (name, value)
            for name in self.state.query
            if name not in {"q", "page"}
            for value in self.state.query.getlist(name)
        ]
        return {
            "name": "q",
            "value": self.state.text,
            "placeholder": self.listing.search_hint,
            "action": "",
            "hidden": hidden,
        }

    @property
    def columns_menu(self) -> dict[str, Any]:
        shown = {column.key for column in self.state.columns}
        hidden = [(name, value) for name, value in self.state.query.items() if name != "col"]
        return {
            "columns": [
                {"key": column.key, "label": column.label, "shown": column.key in shown}
                for column in self.listing.columns
            ],
            "action": "",
            "reset_url": self.state.url(col=None),
            "hidden": hidden,
        }

    @property
    def density(self) -> dict[str, Any]:
        return {
            "dense": self.state.dense,
            "dense_url": self.state.url(density=None),
            "roomy_url": self.state.url(density="roomy"),
        }

    @property
    def name(self) -> str:
        return self.listing.name or capfirst(self.listing.model._meta.verbose_name)
