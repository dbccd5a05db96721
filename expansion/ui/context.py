"""What the shell around every page needs: menu, person, counts, running jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from expansion import clock, offers, rehearsal
from expansion.ui import counts, formats, frame
from expansion.ui.markup import safe

THEMES = ("light", "dark")


@dataclass
class Sources:
    """What rooms above this one say of themselves to the shell."""

    unread: Callable[[Any], int] = lambda person: 0
    running_jobs: Callable[[Any], list[dict[str, Any]]] = lambda person: []
    acting_banner: Callable[[Any], str | None] = lambda person: None
    post_label: Callable[[Any], str] = lambda person: ""
    house_name: Callable[[], str] = lambda: ""


sources = Sources()


def set_sources(**given: Callable[..., Any]) -> None:
    """Upper rooms hand in `unread`, `running_jobs`, `acting_banner`, `post_label` or
    `house_name`."""
    for name, source in given.items():
        if not hasattr(sources, name):
            raise LookupError(f"The shell has no place for {name!r}.")
        setattr(sources, name, source)


class Shell:
    """Read lazily: a fragment that draws no shell asks nothing."""

    def __init__(self, request: HttpRequest):
        self.request = request
        self.user = request.user

    @property
    def sidebar(self) -> SafeString:
        return self._piece("sidebar")

    @property
    def topbar(self) -> SafeString:
        return self._piece("topbar")

    @property
    def phone_bar(self) -> SafeString:
        return self._piece("phone_bar")

    @property
    def phone_action(self) -> SafeString:
        return self._piece("phone_action")

    @property
    def offline(self) -> SafeString:
        return self._piece("offline")

    def _piece(self, name: str) -> SafeString:
        acts = tuple(act.key for act in self._acts)
        return frame.piece(name, tuple(self._addresses), acts, self.brand["name"], self._fill)

    @cached_property
    def _addresses(self) -> dict[str, str]:
        """The menu entries this person may open: key and address."""
        if not self.user.is_authenticated:
            return {}
        return {
            item.key: frame.address(item.route)
            for item in offers.of(offers.NavItem)
            if item.allowed(self.user)
        }

    @cached_property
    def _here(self) -> str:
        """The entry that begins like this page's address; the longest beginning decides."""
        path, urls = self.request.path, self._addresses
        begins = [(url, key) for key, url in urls.items()]
        begins += [
            (folder, one.key)
            for one in offers.of(offers.NavItem)
            if one.key in urls
            for folder in one.folders
        ]
        found = [
            (len(begin), key)
            for begin, key in begins
            if path == begin or (begin != "/" and path.startswith(begin))
        ]
        return max(found, default=(0, ""))[1]

    def _fill(self, mark: str) -> str:
        """The HTML of one mark of the frame."""
        kind, _colon, key = mark.partition(":")
        if kind == "here":
            return ' aria-current="page"' if key == self._here else ""
        if kind in frame.FIGURES:
            return frame.figure(frame.FIGURES[kind], self._known[0].get(key, 0))
        return safe(self._own(kind))

    def _own(self, mark: str) -> Any:
        """What stands at a mark that no entry has."""
        match mark:
            case "unread":
                return frame.figure("bell-count", self.unread)
            case "jobs":
                job = next(iter(self.jobs), None)
                return render_to_string("components/topbar_job.html", {"job": job}) if job else ""
            case "today":
                return self.today_label
            case "token":
                return get_token(self.request)
            case "path":
                return self.request.get_full_path()
            case "brand_mark":
                return self.brand["mark"]
        return self.person.get(mark, "")

    @cached_property
    def _known(self) -> tuple[dict[str, int], bool]:
        return counts.known(self.user.pk)

    @property
    def counts_are_old(self) -> bool:
        """Whether the page has to ask for the menu's figures once it is drawn."""
        return self.user.is_authenticated and not self._known[1]

    @cached_property
    def _acts(self) -> list[offers.QuickAct]:
        """What can be written down from anywhere: the ＋ sheet of the phone bar."""
        if not self.user.is_authenticated:
            return []
        return [act for act in offers.of(offers.QuickAct) if act.allowed(self.user)]

    @property
    def phone_add(self) -> list[dict[str, Any]]:
        return [frame.act_line(act) for act in self._acts]

    @cached_property
    def person(self) -> dict[str, str]:
        if not self.user.is_authenticated:
            return {}
        return {
            "pk": self.user.pk,
            "name": self.user.name,
            "initial": self.user.initial,
            "post_label": sources.post_label(self.user),
        }

    @cached_property
    def brand(self) -> dict[str, str]:
        return {"name": sources.house_name(), "mark": _("Ex")}

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

    @property
    def rehearsing(self) -> bool:
        return rehearsal.running()

    @cached_property
    def acting(self) -> str | None:
        return sources.acting_banner(self.user) if self.user.is_authenticated else None

    @property
    def colours(self) -> SafeString:
        """The colours that the person has chosen, as attributes of the page."""
        chosen = format_html(' data-bs-theme="{}"', self.theme) if self.theme else SafeString("")
        return format_html(' data-theme="{}"{}', self.theme or "auto", chosen)

    @property
    def title_end(self) -> str:
        return f" · {self.brand['name']}" if self.brand["name"] else ""

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE


def count_for(person: Any) -> dict[str, int]:
    """What waits behind each menu entry that counts, asked of every room and kept for a while."""
    figures = {
        item.key: item.count(person)
        for item in offers.of(offers.NavItem)
        if item.count is not None and item.allowed(person)
    }
    counts.keep(person.pk, figures)
    return figures


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
