"""What the panel on a record's own page asks for."""

from typing import Any

from django import template

from expansion import access, offers
from expansion.approvals import desk
from expansion.approvals.models import Request
from expansion.approvals.selectors import latest, own_step, rounds_until
from expansion.approvals.wording import TONES
from expansion.ui.forms import new_key

register = template.Library()

ICONS = {"done": "check", "back": "arrow-back-up", "now": "clock", "next": "circle"}


@register.simple_tag(takes_context=True)
def approval_of(context: Any, record: Any) -> dict[str, Any]:
    """The last round of a record and what this person may do about it."""
    person = context["request"].user
    last = latest(record)
    step, seat = own_step(person, last) if last else (None, None)
    theirs = step if seat else None
    way = rounds_until(last) if last else []
    return {
        "last": last,
        "tone": TONES[last.status] if last else "",
        "chain": [
            link | {"icon": ICONS[link["state"]]} for link in desk.chain(way, theirs, person)
        ],
        "may_decide": theirs is not None,
        "may_withdraw": last is not None and access.can(person, "withdraw", last),
        "may_submit": submittable(last) and access.can(person, "submit", record),
        "submit_url": f"{offers.subject_of(record).url(record)}/submit",
        "request_id": new_key(),
    }


def submittable(last: Request | None) -> bool:
    """Whether a new round may begin; the record's own service has the last word."""
    return last is None or last.status in (Request.Status.RETURNED, Request.Status.WITHDRAWN)


@register.simple_tag
def note_typed(form: Any, section: str) -> str:
    """What was typed beside a section before the form came back."""
    return form.note(section)
