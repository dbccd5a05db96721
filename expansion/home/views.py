"""First page, to-do centre, search, own page: drawn from what the rooms offer."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import clock, offers, worktime
from expansion.home import search, todo
from expansion.home.cards import decides
from expansion.home.overview import segments
from expansion.people.selectors import seats_read_once
from expansion.rulebook.working_days import department_calendar
from expansion.ui import frame
from expansion.ui.context import count_for
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import Screen
from expansion.worktime import Period, PeriodKind


class Today(Screen):
    """Cards in two columns, on a phone with strips above; a room with nothing to say is silent.

    What stands at the end of a column costs figures: it comes by a request of its own once the page
    stands.
    """

    gate = SIGNED_IN
    template = "home/today.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        deciding = decides(person)
        # Their cards ask for the seats of many. The others' ask for the own alone, which are kept
        # between requests and would be read anew inside the block.
        with seats_read_once() if deciding else nullcontext():
            waiting = drawn(person, "last") if deciding else []
            main, phone = drawn(person, "main"), drawn(person, "phone")
        cards = {"main": waiting + main, "phone": phone, "waits_later": not deciding}
        switch = segments(person, "today")
        return self.draw({**cards, "day": day_words(), "segments": switch})


class TodayPart(Screen):
    """The cards at the end of one column of the first page; `alone` where nothing else stands."""

    gate = SIGNED_IN
    template = "home/today_part.html"
    fragment = "home/_cards.html"
    place = "side"

    def get(self, request: HttpRequest) -> HttpResponse:
        with seats_read_once():
            cards = drawn(request.user, self.place)
        return self.draw({"cards": cards, "alone": "alone" in request.GET})


def drawn(person: Any, place: str) -> list[dict[str, Any]]:
    """The cards of one place that have something to say to the person."""
    found = [(card, card.context(person)) for card in offers.of(offers.Card) if card.place == place]
    return [{"template": card.template, **said} for card, said in found if said is not None]


def day_words() -> dict[str, Any]:
    """Where in the year today lies: the week, and the working days the quarter still has."""
    today = clock.today()
    quarter = Period.containing(PeriodKind.QUARTER, today)
    left = worktime.workdays_between(today, quarter.end, department_calendar())
    words = ngettext(
        "%(days)s working day left in the %(quarter)s",
        "%(days)s working days left in the %(quarter)s",
        left,
    )
    week = Period.containing(PeriodKind.WEEK, today).number
    return {
        "week": _("Week %(number)s") % {"number": week},
        "left": words % {"days": left, "quarter": _quarter_name(quarter.number)},
    }


def _quarter_name(number: int) -> str:
    names = (_("first quarter"), _("second quarter"), _("third quarter"), _("fourth quarter"))
    return names[number - 1]


class ToDo(Screen):
    """Everything that waits for the person, by room."""

    gate = SIGNED_IN
    template = "home/todo.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        with seats_read_once():
            found = todo.groups(request.user)
        total = sum(len(group["todos"]) for group in found)
        context = {"groups": found, "total": total, "overdue": todo.overdue(found)}
        return self.draw({**context, "now": clock.now()})


class Menu(Screen):
    """What waits behind the menu's entries; a page whose figures are old asks once it is drawn."""

    gate = SIGNED_IN
    template = "components/waits.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        with seats_read_once():
            figures = count_for(request.user)
        waits = [
            {"id": f"{mark}-{key}", "figure": frame.figure(css, number)}
            for key, number in figures.items()
            for mark, css in frame.FIGURES.items()
        ]
        return self.draw({"waits": waits})


class Search(Screen):
    """The search page; htmx gets the palette's list from the same address."""

    gate = SIGNED_IN
    template = "home/search.html"
    fragment = "components/palette_items.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()
        most = search.EACH if request.htmx else search.EACH_ON_PAGE
        return self.draw({"items": search.hits(request.user, text, most), "text": text})


class Me(Screen):
    """Own account: language, colours, notices, tokens, log out."""

    gate = SIGNED_IN
    template = "home/me.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        held = request.user.memberships.on(clock.today()).select_related("unit", "post")
        return self.draw({"seats": held})
