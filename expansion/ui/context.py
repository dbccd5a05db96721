"""What the shell around every page needs: menu, person, counts, running jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import get_language, gettext_lazy

from expansion import clock, offers
from expansion.ui import formats

SECTION_LABELS = {
    "start": "",
    "clients": gettext_lazy("Clients"),
    "knowledge": gettext_lazy("Research and partnerships"),
    "daily": gettext_lazy("Daily work"),
    "appraisal": gettext_lazy("Appraisal and rules"),
    "administration": gettext_lazy("Administration"),
}
THEMES = ("light", "dark")


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
    def nav(self) -> list[dict[str, Any]]:
        if not self.user.is_authenticated:
            return []
        items = [item for item in offers.of(offers.NavItem) if item.allowed(self.user)]
        sections = [
            {
                "label": SECTION_LABELS[section],
                "items": [self._item(item) for item in items if item.section == section],
            }
            for section in offers.SECTIONS
        ]
        return [section for section in sections if section["items"]]

    def _item(self, item: offers.NavItem) -> dict[str, Any]:
        url = reverse(item.route)
        path = self.request.path
        return {
            "key": item.key,
            "label": item.label,
            "url": url,
            "icon": item.icon,
            "active": path == url or (url != "/" and path.startswith(url)),
            "count": item.count(self.user) if item.count else 0,
        }

    @cached_property
    def phone_nav(self) -> list[dict[str, Any]]:
        items = {item["key"]: item for section in self.nav for item in section["items"]}
        return [items[key] for key in ("today", "clients", "todo", "me") if key in items]

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
        name = " · ".join(part for part in (settings.SITE_NAME, sources.department_name()) if part)
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
