"""What happened with one record of this room, read from the trail."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from expansion.audit.models import Entry
from expansion.audit.wording import ACTS, act_label, changed_values
from expansion.records import about_key
from expansion.ui import formats
from expansion.ui.templatetags.ui import stamp

MOST = 50
ICONS = {
    "added": "paperclip",
    "approved": "circle-check",
    "changed": "pencil",
    "chosen": "check",
    "created": "plus",
    "declined": "x",
    "deleted": "trash",
    "effective": "player-play",
    "erased": "user-off",
    "filled": "users",
    "held_up": "alert-circle",
    "invited": "calendar-event",
    "open": "speakerphone",
    "proposed": "send",
    "rated": "star",
    "rejected": "circle-x",
    "released": "broadcast",
    "removed": "paperclip",
    "replaced": "replace",
    "returned": "arrow-back-up",
    "revealed": "eye",
    "submitted": "send",
    "turned_down": "x",
    "withdrawn": "arrow-back-up",
}
# The record's own entry, or that of the decision, says the same.
SAID_ELSEWHERE = (
    "approvals.request.submitted",
    "approvals.request.withdrawn",
    "office.statement.approved",
    "office.statement.returned",
    "office.statement.rejected",
)


def happened(record: models.Model, *, decisions: bool = True) -> list[dict[str, Any]]:
    """The record's last acts as `components/timeline.html` takes them, newest first.

    The page has found the record through the gate: who sees it reads what changed. The steps of an
    approval are left out where `decisions` says so, as a panel beside shows them.
    """
    trail = Entry.objects.filter(**about_key(record)).exclude(verb__in=SAID_ELSEWHERE)
    if not decisions:
        trail = trail.exclude(verb__startswith="approvals.")
    entries = list(trail.select_related("actor", "for_person").order_by("-at", "-pk")[:MOST])
    people: dict[int, str] = {}
    return [_line(entry, people) for entry in entries]


def _line(entry: Entry, people: dict[int, str]) -> dict[str, Any]:
    entry.people = people  # Names that the words look up, once for all.
    act = entry.verb.rpartition(".")[2]
    words = act_label(entry) if _is_decision(entry) else ACTS.get(act, act)
    actor = entry.actor.name if entry.actor else ""
    near = (formats.today() - formats.as_day(entry.at)).days <= 1
    return {
        "at": formats.moment(entry.at) if near else formats.day(entry.at),
        "icon": ICONS.get(act, "point"),
        "title": capfirst(str(words)),
        "meta": actor if near else " · ".join(filter(None, [actor, formats.clock(entry.at)])),
        "stamp": stamp(actor, entry.for_person.name) if entry.for_person else "",
        "text": " · ".join(_changes(entry)),
    }


def _is_decision(entry: Entry) -> bool:
    return entry.verb.startswith("approvals.step.")


def _changes(entry: Entry) -> Iterator[str]:
    if _is_decision(entry):
        yield from filter(None, entry.changes.get("comment", [])[1:])
        return
    for row in changed_values(entry):
        words = row | {"label": capfirst(str(row["label"]))}
        if row["before"] == formats.NOTHING:
            yield _("%(label)s: %(after)s") % words
        else:
            yield _("%(label)s: %(before)s → %(after)s") % words
