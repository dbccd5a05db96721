"""Words for roles, states and acts of an approval."""

from typing import Any

from django.utils.translation import gettext as _

from expansion.people.models import Post, Role, Unit

TONES = {
    "pending": "info",
    "open": "info",
    "waiting": "neutral",
    "approved": "done",
    "returned": "due",
    "rejected": "late",
    "withdrawn": "neutral",
    "skipped": "neutral",
}


def role_label(role: str) -> str:
    """A chain's role in the reader's words: a role, a post, a team's head, a department."""
    kind, _colon, key = role.partition(":")
    if kind == "superior":
        return _("superior")
    if kind == "post":
        return _named(Post.objects.filter(key=key).first(), key)
    if kind == "team":
        return _("head of %(team)s") % {"team": _named(Unit.objects.filter(key=key).first(), key)}
    if kind == "department":
        return _named(Unit.objects.filter(key=key).first(), key)
    return str(Role(role).label)


def _named(found: Any, key: str) -> str:
    return str(found) if found else key
