"""Lists, declared per noun in a few lines: columns, filters, saved views, search, order.

One declaration serves the page at a desk and on a phone, the export and the API. State lives in
the query string, so an address can be kept and sent. `drawing` makes the page of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from expansion.ui import deadlines, formats

NOT_OF_THE_LIST = ("page", "choices")  # Words of an address that change with every step.
WRITERS: dict[str, Callable[[Any], str]] = {
    "text": lambda value: "" if value is None else str(value),
    "number": formats.number,
    "money": formats.money,
    "date": formats.day,
    "moment": formats.moment,
    "deadline": deadlines.deadline,
    "phone": formats.masked_phone,
}
RIGHT = {"number", "money", "date", "moment", "deadline"}


@dataclass(frozen=True)
class Column:
    """One column.

    `value(record)` gives the plain value for export and API; `cell(record)` the HTML where the
    plain value in the form of `kind` is not enough. `many()` gives what reads as `value` does and
    has asked once what all rows ask alike: whole files are written by it. A moment that the
    calendar has counted is a `deadline`: page and file mark it while it may still move. `sort` is
    the field it orders by. A column that is not `shown` waits in the columns menu. On a phone,
    where a row is a card, `phone` says where the cell stands: `beside` the title or in its `line`;
    a list in which no column says so has its first three in the line. A column is there where
    `offered()` says so: the rules of the day may not know what it tells. It is there in page, file
    and order for those alone to whom it is `allowed(person)`.
    """

    key: str
    label: Any
    value: Callable[[Any], Any]
    kind: str = "text"
    sort: str = ""
    cell: Callable[[Any], SafeString] | None = None
    shown: bool = True
    width: int = 16
    phone: str = ""
    many: Callable[[], Callable[[Any], Any]] | None = None
    offered: Callable[[], bool] = lambda: True
    allowed: Callable[[Any], bool] = lambda person: True

    def text(self, record: Any) -> Any:
        """What stands in the cell: safe HTML, or text still to be escaped."""
        return self.cell(record) if self.cell else WRITERS[self.kind](self.value(record))

    @property
    def css(self) -> str:
        return "num" if self.kind in RIGHT else ""


@dataclass(frozen=True)
class Filter:
    """One filter chip: `choices(person)` gives (key, label); `narrow(records, key)` applies it.

    Choices that grow with the department are `many`: the page asks for them when the chip opens.
    `offered` is that of a column.
    """

    key: str
    label: Any
    choices: Callable[[Any], Iterable[tuple[str, Any]]]
    narrow: Callable[[QuerySet, str], QuerySet]
    many: bool = False
    offered: Callable[[], bool] = lambda: True


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
class Thumb:
    """The one act beside a row on a phone, in reach of the thumb: `url(record)` opens it."""

    label: Any
    icon: str
    url: Callable[[Any], str]


@dataclass(frozen=True)
class RowAct:
    """An act on one row, offered where a pointer or the focus rests.

    `url` holds "{pk}" where the row's id belongs: the page carries each act once, not per row.
    """

    label: Any
    icon: str
    url: str
    action: str = "edit"


@dataclass(frozen=True)
class Listing:
    """A list of one noun. `title(record)` and `url(record)` make the first column and the link.

    `search(records, text)` looks at what the records say themselves. What is only told by a record
    that they point to is looked for in `related`: {foreign key: `find(person, text)`}, which gives
    those of that noun that are found for this person.
    """

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
    related: Mapping[str, Callable[[Any, str], QuerySet]] = field(default_factory=dict)
    search_hint: Any = ""
    order: Sequence[str] = ("-pk",)
    prepare: Callable[[QuerySet], QuerySet] = lambda records: records
    name: Any = ""
    badges: Callable[[Any], SafeString | str] = lambda record: ""
    thumb: Thumb | None = None
    row_acts: Sequence[RowAct] = ()

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    @property
    def is_searched(self) -> bool:
        return bool(self.search or self.related)

    def found(self, records: QuerySet, text: str, person: Any) -> QuerySet:
        """Those of `records` in which the person finds `text`; in one statement with them."""
        if self.search and not self.related:
            return self.search(records, text)
        ways = [Q(**{f"{path}__in": find(person, text)}) for path, find in self.related.items()]
        if self.search:
            own = self.search(self.model._default_manager.all(), text)
            ways.append(Q(pk__in=own.order_by().values("pk")))
        return records.filter(reduce(or_, ways)) if ways else records

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
        column = self.listing.column(wanted.lstrip("-")) if wanted else None
        sorts = column is not None and column.sort and self.has(column)
        return (column if sorts else None), wanted.startswith("-")

    def narrowed(self, records: QuerySet) -> QuerySet:
        if self.view:
            records = self.view.narrow(records, self.person)
        for one in self.listing.filters:
            if one.key in self.chosen:
                records = one.narrow(records, self.chosen[one.key][0])
        if self.text:
            records = self.listing.found(records, self.text, self.person)
        return records

    def ordered(self, records: QuerySet) -> QuerySet:
        column, down = self.sort
        if column is None:
            return records.order_by(*self.listing.order)
        return records.order_by(f"{'-' if down else ''}{column.sort}", "-pk")

    def has(self, column: Column) -> bool:
        """Whether the column is there for this person today."""
        return column.offered() and column.allowed(self.person)

    @property
    def offered(self) -> list[Column]:
        return [one for one in self.listing.columns if self.has(one)]

    @cached_property
    def columns(self) -> list[Column]:
        wanted = set(self.query.getlist("col"))
        return [
            one
            for one in self.listing.columns
            if (one.key in wanted if wanted else one.shown) and self.has(one)
        ]

    @property
    def dense(self) -> bool:
        return self.query.get("density") != "roomy"

    def url(self, **changes: Any) -> str:
        """The list's address with some words changed; None drops a word."""
        query = self.query.copy()
        for word in NOT_OF_THE_LIST:
            query.pop(word, None)
        for key, value in changes.items():
            query.pop(key, None)
            if value is not None:
                query[key] = str(value)
        return f"?{query.urlencode()}"
