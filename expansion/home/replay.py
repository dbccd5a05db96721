"""A draft of the rules rehearsed on a closed period: side by side with what happened (R-exp-01)."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from expansion.errors import Invalid
from expansion.home.replay_sheets import export_replay
from expansion.rulebook.models import Version
from expansion.rulebook.replaying import Part, closed_periods, replay, rules_as_published
from expansion.ui.attachments import attachment
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import Screen
from expansion.worktime import Period

SHOWN = 50  # rows of one part on the page; the workbook has them all


class Replay(Screen):
    """Every part with how many records differ, and those records."""

    gate = SIGNED_IN
    template = "home/replay.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.find(Version.objects.unpublished(), pk)
        periods, period = closed_periods(), chosen(request)
        context = {"version": version, "periods": periods, "period": period}
        try:
            parts = replay(request.user, rules_as_published(version), period)
        except Invalid as refusal:
            return self.draw({**context, "sentences": sentences(refusal)})
        drawn = [_drawn(part) for part in parts]
        return self.draw({**context, "parts": drawn, "differing": any(p.differing for p in parts)})


class ReplaySheet(Screen):
    """All rows as a workbook; each is logged, so it is a POST."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.find(Version.objects.unpublished(), pk)
        name, content = export_replay(actor=request.user, version=version, period=chosen(request))
        return attachment(name, content)


def chosen(request: HttpRequest) -> Period:
    """The closed period that the address names; the last quarter where it names none."""
    periods = {one.key: one for one in closed_periods()}
    return periods.get(request.GET.get("period", "")) or next(iter(periods.values()))


def sentences(refusal: Invalid) -> list[str]:
    """What stands between the draft and its rehearsal."""
    found = [text for texts in refusal.fields.values() for text in texts]
    return found or [refusal.message]


def _drawn(part: Part) -> dict[str, Any]:
    told = [row for row in part.rows if row.differs or row.after is None]
    return {"part": part, "rows": told[:SHOWN], "more": len(told) - SHOWN}
