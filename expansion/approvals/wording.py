"""Words for roles, states and acts of an approval."""

from typing import Any

from django.utils.translation import gettext as _

from expansion.people.models import Post, Unit, User
from expansion.people.selectors import role_title
from expansion.rulebook.values import parts

TONES = {
    "pending": "info",
    "open": "info",
    "waiting": "neutral",
    "approved": "done",
    "returned": "due",
    "rejected": "late",
    "withdrawn": "neutral",
    "skipped": "neutral",
    "carried": "done",
    "passed": "neutral",
}


def step_label(step: str) -> str:
    """A step of a chain in the reader's words, those who decide it together joined."""
    joint, roles = parts(step)
    between = _(" and ") if joint == "all" else _(" or ")
    return between.join(role_label(role) for role in roles)


def role_label(role: str) -> str:
    """A chain's role in the reader's words: a role, a post, a team's head, a department."""
    kind, _colon, key = role.partition(":")
    if kind == "signer":
        return _("added signer")
    if kind == "person":
        return _named(User.objects.filter(username__iexact=key).first(), key)
    if kind == "superior":
        return _("superior")
    if kind == "post":
        return _named(Post.objects.filter(key=key).first(), key)
    if kind == "team":
        return _("head of %(team)s") % {"team": _named(Unit.objects.filter(key=key).first(), key)}
    if kind == "department":
        return _named(Unit.objects.filter(key=key).first(), key)
    return role_title(role)


def _named(found: Any, key: str) -> str:
    return str(found) if found else key
