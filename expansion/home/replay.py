"""A draft of the rules rehearsed on a closed period: side by side with what happened (R-exp-01)."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from expansion.errors import Invalid
from expansion.home.compliance_words import numbers_words, standing
from expansion.home.replay_sheets import export_replay
from expansion.people.models import Role
from expansion.people.selectors import holders
from expansion.rulebook.models import Version
from expansion.rulebook.recounting import STATES, Recounted
from expansion.rulebook.replaying import Part, closed_periods, rehearse, rules_as_published
from expansion.ui.attachments import attachment
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import Screen
from expansion.worktime import Period

SHOWN = 50  # rows of one part on the page; the workbook has them all
MOST_NAMED = 12  # differences that no part looks at, by name


class Replay(Screen):
    """Every part with how many records differ, and those records."""

    gate = SIGNED_IN
    template = "home/replay.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.find(Version.objects.unpublished(), pk)
        periods = closed_periods()
        period = chosen(request, periods)
        context = {"version": version, "periods": periods, "period": period}
        try:
            found = rehearse(request.user, rules_as_published(version), period)
        except Invalid as refusal:
            return self.draw({**context, "sentences": sentences(refusal)})
        return self.draw(
            {
                **context,
                "rehearsal": found,
                "parts": [_drawn(part) for part in found.parts],
                "checks": [_drawn_check(one) for one in found.recounted],
                "unseen": [one.label for one in found.unseen[:MOST_NAMED]],
                "unseen_more": max(len(found.unseen) - MOST_NAMED, 0),
                "able": seeing_more(request.user) if found.is_unjudged else [],
            }
        )


class ReplaySheet(Screen):
    """All rows as a workbook; each is logged, so it is a POST."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.find(Version.objects.unpublished(), pk)
        period = chosen(request, closed_periods())
        name, content = export_replay(actor=request.user, version=version, period=period)
        return attachment(name, content)


def chosen(request: HttpRequest, periods: list[Period]) -> Period:
    """The closed period that the address names; the last quarter where it names none."""
    named = {one.key: one for one in periods}
    return named.get(request.GET.get("period", "")) or periods[0]


def seeing_more(person: Any) -> list[Any]:
    """Who else may rehearse a draft and sees what the whole department does."""
    return [one for one in holders(Role.MANAGER) if one != person]


def sentences(refusal: Invalid) -> list[str]:
    """What stands between the draft and its rehearsal."""
    found = [text for texts in refusal.fields.values() for text in texts]
    return found or [refusal.message]


def _drawn_check(one: Recounted) -> dict[str, Any]:
    lines = [
        {"label": standing(state), "before": one.before[state], "after": one.after[state]}
        for state in STATES
    ]
    rows = [
        {
            "named": row.named,
            "before": numbers_words(row.before),
            "after": numbers_words(row.after),
        }
        for row in one.moved[:SHOWN]
    ]
    why = dict.fromkeys(each.label for each in one.why)
    more = len(one.moved) - SHOWN
    return {"recounted": one, "lines": lines, "rows": rows, "why": list(why), "more": more}


def _drawn(part: Part) -> dict[str, Any]:
    told = [row for row in part.rows if row.differs or row.after is None]
    return {"part": part, "rows": told[:SHOWN], "more": len(told) - SHOWN}
