"""The overview: what waits for the one who leads, who is behind, and how the teams stand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from expansion import clock, offers, worktime
from expansion.home import compliance_panel, late, services, teams
from expansion.home.compliance import BOARD_GATE
from expansion.people.models import Role
from expansion.people.purview import oversees, purview_of, require_overseer, running_quarter
from expansion.people.selectors import seats_read_once
from expansion.rulebook.selectors import rules_on
from expansion.ui.attachments import attachment
from expansion.ui.gates import Gate
from expansion.ui.pages import Screen


class Overseeing(Gate):
    """Open to those who lead a team or the department, for a principal too, and the leadership."""

    def check(self, request: HttpRequest) -> None:
        require_overseer(request.user)


OVERSEEING = Overseeing()


def title_for(person: Any) -> str:
    """The department's for those who head it, the team's for those who lead one."""
    if person.holds(Role.MANAGER, Role.LEADERSHIP):
        return _("Overview")
    return _("Team overview")


def segments(person: Any, current: str) -> list[dict[str, Any]]:
    """The switch between the own day and the overview; nothing for whoever has no overview."""
    if not oversees(person):
        return []
    pages = (("today", _("My day")), ("overview", title_for(person)))
    return [
        {"label": label, "url": reverse(f"home:{key}"), "active": key == current}
        for key, label in pages
    ]


class Overview(Screen):
    """Panels of the rooms, who is behind, the teams; folding asks for the teams only."""

    gate = OVERSEEING
    template = "home/overview.html"
    fragment = "home/_teams.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        with seats_read_once():
            purview, found = purview_of(person)
            table = teams.table(person, purview, found, request.GET.getlist("open"))
            context: dict[str, Any] = {"table": table, "period": running_quarter()}
            if not request.htmx:
                context["title"] = title_for(person)
                context |= _panels(person, purview, every="late" in request.GET)
                context |= {"segments": segments(person, "overview"), "days": day_words()}
        return self.draw(context)


def _panels(person: Any, purview: offers.Purview, *, every: bool) -> dict[str, Any]:
    drawn = [
        {"template": one.template, "place": one.place, **context}
        for one in offers.of(offers.Insight)
        for context in [one.context(person, purview)]
        if context is not None
    ]
    return {
        "lead": [one for one in drawn if one["place"] == "lead"],
        "panels": [one for one in drawn if one["place"] == "panel"],
        "late": late.panel(person, purview, every=every),
        "compliance": compliance_panel.announced(person),
    }


def day_words() -> list[str]:
    """Where today lies: the week, and how many of the quarter's working days have begun."""
    period, today = running_quarter(), clock.today()
    pace = worktime.pace_of(period, today, rules_on().working_time.as_calendar())
    words = {"period": period.label, "gone": pace.gone, "whole": pace.whole, "pace": pace.percent}
    return [
        _("Week %(number)s") % {"number": worktime.Period.containing("week", today).number},
        _("%(period)s: %(gone)s of %(whole)s working days, the pace is %(pace)s%%") % words,
    ]


class OverseeingCompliance(Overseeing):
    """Open to those of them who may open the compliance board."""

    def check(self, request: HttpRequest) -> None:
        super().check(request)
        BOARD_GATE.check(request)


class ComplianceFigures(Screen):
    """The overview's compliance panel: it costs what the board does, so it comes by a request of
    its own once the page stands."""

    gate = OverseeingCompliance()
    template = "home/compliance_part.html"
    fragment = "home/_compliance.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw({"compliance": compliance_panel.panel(request.user)})


class Remind(Screen):
    """Reminds one person of one thing, or everybody who is behind."""

    gate = OVERSEEING

    def post(self, request: HttpRequest) -> HttpResponse:
        row = request.POST.get("row", "").replace("\x00", "")[:80]
        reminded = services.remind(actor=request.user, row=row)
        messages.success(request, _sentence(reminded))
        return HttpResponseRedirect(reverse("home:overview"))


def _sentence(reminded: services.Reminded) -> str:
    if reminded.now:
        return _("Reminded: %(names)s") % {"names": _names(reminded.now)}
    if reminded.before:
        return _("%(names)s: reminded today already. Nothing was sent.") % {
            "names": _names(reminded.before)
        }
    return _("This is not late any more. Nothing was sent.")


def _names(people: Any) -> str:
    return _(", ").join(person.name for person in people)


class TeamsSheet(Screen):
    """The table of teams and people as a workbook; each is logged, so it is a POST."""

    gate = OVERSEEING

    def post(self, request: HttpRequest) -> HttpResponse:
        name, content = services.export_teams(actor=request.user)
        return attachment(name, content)
