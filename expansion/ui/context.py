"""What the shell around every page needs: menu, person, counts, running jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from expansion import clock, offers
from expansion.ui import counts, formats

SECTION_LABELS = {
    "start": "",
    "clients": gettext_lazy("Clients"),
    "knowledge": gettext_lazy("Research and partnerships"),
    "daily": gettext_lazy("Daily work"),
    "appraisal": gettext_lazy("Appraisal and rules"),
    "administration": gettext_lazy("Administration"),
}
THEMES = ("light", "dark")
PHONE_BAR = ("today", "clients", "todo", "me")


@dataclass
class Sources:
    """What rooms above this one say of themselves to the shell."""

    unread: Callable[[Any], int] = lambda person: 0
    running_jobs: Callable[[Any], list[dict[str, Any]]] = lambda person: []
    acting_banner: Callable[[Any], str | None] = lambda person: None
    role_label: Callable[[Any], str] = lambda person: ""
    department_name: Callable[[], str] = lambda: ""


sources = Sources()


def set_sources(**given: Callable[..., Any]) -> None:
    """Upper rooms hand in `unread`, `running_jobs`, `acting_banner`, `role_label` or
    `department_name`."""
    for name, source in given.items():
        if not hasattr(sources, name):
            raise LookupError(f"The shell has no place for {name!r}.")
        setattr(sources, name, source)


class Shell:
    """Read lazily: a fragment that draws no shell asks nothing."""

    def __init__(self, request: HttpRequest):
        self.request = request
        self.user = request.user

    @cached_property
    def _entries(self) -> dict[str, dict[str, Any]]:
        """Every menu entry this person may open, drawn once, by its key."""
        if not self.user.is_authenticated:
            return {}
        items = [item for item in offers.of(offers.NavItem) if item.allowed(self.user)]
        urls = {item.key: reverse(item.route) for item in items}
        here = self._here(urls)
        return {item.key: self._item(item, urls[item.key], item.key == here) for item in items}

    @property
    def nav(self) -> list[dict[str, Any]]:
        entries = self._entries.values()
        sections = [
            {
                "label": SECTION_LABELS[section],
                "items": [entry for entry in entries if entry["section"] == section],
            }
            for section in offers.SECTIONS
        ]
        return [section for section in sections if section["items"]]

    def _here(self, urls: dict[str, str]) -> str:
        """The entry whose address is the longest beginning of this page's."""
        path = self.request.path
        found = [
            key for key, url in urls.items() if path == url or (url != "/" and path.startswith(url))
        ]
        return max(found, key=lambda key: len(urls[key]), default="")

    def _item(self, item: offers.NavItem, url: str, active: bool) -> dict[str, Any]:
        return {
            "section": item.section,
            "label": item.label,
            "url": url,
            "icon": item.icon,
            "active": active,
            "count": self._count(item),
        }

    def _count(self, item: offers.NavItem) -> int:
        if item.count is None:
            return 0
        ask = item.count
        return counts.remembered((item.key, self.user.pk), lambda: ask(self.user))

    @property
    def phone_nav(self) -> list[dict[str, Any]]:
        return [self._entries[key] for key in PHONE_BAR if key in self._entries]

    @cached_property
    def phone_add(self) -> list[dict[str, Any]]:
        """What can be written down from anywhere: the ＋ sheet of the phone bar."""
        if not self.user.is_authenticated:
            return []
        return [
            {
                "label": act.label,
                "url": reverse(act.route),
                "icon": act.icon,
                "shortcut": act.shortcut,
            }
            for act in offers.of(offers.QuickAct)
            if act.allowed(self.user)
        ]

    @cached_property
    def person(self) -> dict[str, str]:
        if not self.user.is_authenticated:
            return {}
        return {
            "name": self.user.name,
            "initial": self.user.initial,
            "role_label": sources.role_label(self.user),
        }

    @cached_property
    def brand(self) -> dict[str, str]:
        name = " · ".join(
            part
            for part in (
                settings.SITE_NAME,
                counts.remembered(("department", self.language), sources.department_name),
            )
            if part
        )
        return {"name": name, "mark": _("Ex")}

    @property
    def today_label(self) -> str:
        moment = clock.now()
        return f"{formats.day_as('long', moment)} {formats.clock(moment)}"

    @cached_property
    def unread(self) -> int:
        return sources.unread(self.user) if self.user.is_authenticated else 0

    @cached_property
    def jobs(self) -> list[dict[str, Any]]:
        return sources.running_jobs(self.user) if self.user.is_authenticated else []

    @cached_property
    def acting(self) -> str | None:
        return sources.acting_banner(self.user) if self.user.is_authenticated else None

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
