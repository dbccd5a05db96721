"""The frame around every page: menu, top bar, phone bar, dialogs.

Its templates are drawn once per language and set of entries. Where something of the person or of
this request goes they leave a mark, which every page fills in anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy

from expansion import offers
from expansion.ui import formats

SECTION_LABELS = {
    "start": "",
    "clients": gettext_lazy("Clients"),
    "knowledge": gettext_lazy("Research and partnerships"),
    "daily": gettext_lazy("Daily work"),
    "appraisal": gettext_lazy("Appraisal and rules"),
    "administration": gettext_lazy("Administration"),
}
PHONE_BAR = ("today", "clients", "todo", "me")
FIGURES = {"waits": "count", "bell": "bell-count"}  # mark of a menu entry → class of its figure
Keys = tuple[str, ...]

_MARK = re.compile("\x02([^\x03]+)\x03")


def mark(name: str) -> SafeString:
    """A place that every page fills in anew."""
    return SafeString(f"\x02{name}\x03")


def piece(name: str, menu: Keys, acts: Keys, brand: str, fill: Callable[[str], str]) -> SafeString:
    """One template of the frame for these entries; `fill(mark)` gives the HTML of a mark."""
    parts = (_draw if settings.DEBUG else _drawn)(name, menu, acts, brand, get_language() or "")
    filled = [fill(part) if number % 2 else part for number, part in enumerate(parts)]
    return mark_safe("".join(filled))  # noqa: S308 — templates, and marks whose filling is escaped


def _draw(name: str, menu: Keys, acts: Keys, brand: str, language: str) -> list[str]:
    """The template's HTML, cut at its marks: every second part is one."""
    items = [item for item in offers.of(offers.NavItem) if item.key in menu]
    entries = {item.key: _entry(item) for item in items}
    added = [act for act in offers.of(offers.QuickAct) if act.key in acts]
    html = render_to_string(
        f"components/{name}.html",
        {
            "shell": {"brand": {"name": brand, "mark": mark("brand_mark")}, "person": PERSON},
            "nav": _sections(items, entries),
            "phone_nav": [entries[key] for key in PHONE_BAR if key in entries],
            "phone_add": [act_line(act) for act in added],
            "search_url": reverse("search"),
            "notices_url": reverse("notices:notice-list"),
            "unread_url": reverse("notices:unread"),
            "jobs": mark("jobs"),
            "today": mark("today"),
            "unread": mark("unread"),
            "csrf_token": mark("token"),
            "request": {"get_full_path": mark("path")},
        },
    )
    return _MARK.split(html)


_drawn = lru_cache(maxsize=512)(_draw)
PERSON = {name: mark(name) for name in ("pk", "name", "initial", "post_label")}


def _entry(item: offers.NavItem) -> dict[str, Any]:
    return {
        "key": item.key,
        "label": item.label,
        "url": address(item.route),
        "icon": item.icon,
        "here": mark(f"here:{item.key}"),
        "waits": mark(f"waits:{item.key}") if item.count else "",
        "bell": mark(f"bell:{item.key}") if item.count else "",
    }


def _sections(items: list[offers.NavItem], entries: dict[str, Any]) -> list[dict[str, Any]]:
    sections = [
        {
            "label": SECTION_LABELS[section],
            "entries": [entries[item.key] for item in items if item.section == section],
        }
        for section in offers.SECTIONS
    ]
    return [section for section in sections if section["entries"]]


def act_line(act: offers.QuickAct) -> dict[str, Any]:
    return {
        "label": act.label,
        "url": address(act.route),
        "icon": act.icon,
        "shortcut": act.shortcut,
        "offline": act.offline,
    }


@lru_cache(maxsize=128)
def address(route: str) -> str:
    return reverse(route)


@lru_cache(maxsize=64)
def _kept(template: str, language: str) -> str:
    return render_to_string(template)


def kept(template: str) -> SafeString:
    """A template that depends on nothing but the language, drawn once per process."""
    if settings.DEBUG:
        return render_to_string(template)
    return mark_safe(_kept(template, get_language() or ""))  # noqa: S308 — a template's own HTML


def figure(css: str, number: int) -> SafeString:
    """How many wait; nothing where none does."""
    html = '<span class="{}">{}</span>'
    return format_html(html, css, formats.count(number)) if number else SafeString("")
