"""The page of a list: rows, heads, chips, pager, drawn from its declaration.

A row is drawn once. At a desk it is a line of the table, on a phone the same cells lie as a card
(`static/css/phone.css`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Any
from urllib.parse import quote_plus

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from expansion import access
from expansion.ui import formats, icons
from expansion.ui.listing import NOT_OF_THE_LIST, Column, Filter, Listing, RowAct, State
from expansion.ui.markup import safe

PAGE = 50
CAP = 1000
IN_LINE = 3  # Columns in the line of a card, where the list does not say which.


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
    def row_acts(self) -> list[RowAct]:
        person, model = self.state.person, self.listing.model
        return [act for act in self.listing.row_acts if access.can(person, act.action, model)]

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
        """The table's rows. Drawn here and not in a template: 50 rows × 10 cells cost 2 ms so."""
        cells = [(css, column.text) for column, css in self._cells()]
        row = self._row
        return mark_safe(  # noqa: S308 — each part is escaped
            "".join(row(record, cells) for record in self.records)
        )

    def _row(self, record: Any, cells: list[tuple[str, Callable[[Any], Any]]]) -> str:
        url = escape(self.listing.url(record))
        title = safe(self.listing.title(record))
        box = (
            f'<td class="select"><input type="checkbox" name="selected" value="{record.pk}" '
            f'data-select aria-label="{title}"></td>'
            if self.may_select
            else ""
        )
        texts = "".join(f"<td{css}>{self._said(text(record))}</td>" for css, text in cells)
        return (
            f'<tr data-href="{url}">{box}<td class="name"><a href="{url}">{title}</a>'
            f"{safe(self.listing.badges(record))}</td>{texts}{self._thumb(record)}</tr>"
        )

    @staticmethod
    def _said(text: Any) -> str:
        """A cell with nothing to say is empty; the style sheet draws the dash."""
        return "" if text == formats.NOTHING else safe(text)

    def _thumb(self, record: Any) -> str:
        act = self.listing.thumb
        if act is None:
            return ""
        return (
            f'<td class="row-thumb"><a class="round" href="{escape(act.url(record))}" '
            f'aria-label="{safe(act.label)}">{icons.reference(act.icon, 20)}</a></td>'
        )

    @property
    def symbols(self) -> SafeString | str:
        """The drawings that the rows point to."""
        return icons.symbols(self.listing.thumb.icon) if self.listing.thumb else ""

    def _cells(self) -> Iterator[tuple[Column, str]]:
        """Each shown column with the class attribute of its cells."""
        columns = self.state.columns
        said = any(column.phone for column in self.listing.columns)
        begun = False
        for number, column in enumerate(columns):
            place = column.phone if said else "line" if number < IN_LINE else ""
            words = [column.css, place]
            if place == "line" and not begun:
                begun = True
                words.append("begins")
            classes = " ".join(filter(None, words))
            yield column, f' class="{classes}"' if classes else ""

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
        return [self._filter(one) for one in self.listing.filters if one.offered()]

    def _filter(self, one: Filter) -> dict[str, Any]:
        key, label = self.state.chosen.get(one.key, ("", ""))
        opened = self.opened is one
        waits = one.many and not opened
        return {
            "name": one.key,
            "label": one.label,
            "value": label,
            "clear_url": self.state.url(**{one.key: None}) if key else "",
            "opened": opened,
            "choices_url": self.state.url(choices=one.key) if waits else "",
            "choices": [] if waits else self.choices_of(one),
        }

    @cached_property
    def opened(self) -> Filter | None:
        """The filter whose many choices the address asks for."""
        wanted = self.state.query.get("choices", "")
        return next((one for one in self.listing.filters if one.many and one.key == wanted), None)

    def choices_of(self, one: Filter) -> list[dict[str, Any]]:
        current, _label = self.state.chosen.get(one.key, ("", ""))
        here = self.state.url(**{one.key: ""})  # ends with the filter's own word
        return [
            {"label": text, "url": f"{here}{quote_plus(choice)}", "active": choice == current}
            for choice, text in one.choices(self.state.person)
        ]

    @property
    def search(self) -> dict[str, Any] | None:
        if not self.listing.is_searched:
            return None
        hidden = [
            (name, value)
            for name in self.state.query
            if name not in {"q", *NOT_OF_THE_LIST}
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
        hidden = [
            (name, value)
            for name, value in self.state.query.items()
            if name not in {"col", *NOT_OF_THE_LIST}
        ]
        return {
            "columns": [
                {"key": column.key, "label": column.label, "shown": column.key in shown}
                for column in self.state.offered
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
