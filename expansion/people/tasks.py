"""Nightly work over people: groups as of today; shares and sessions that have ended."""

from django.utils.translation import gettext_lazy as _

from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.people.groups import keep_groups
from expansion.people.services.shares import forget_ended_shares
from expansion.people.sessions import SessionStore


@registry.every("people.keep_groups", "10 0 * * *", label=_("Keep the teams' groups"))
def keep(job: Job) -> dict:
    """Whoever takes or leaves a post today sits in the right groups."""
    return {"changed": keep_groups()}


@registry.every("people.forget_ended_shares", "20 0 * * *", label=_("Take away ended shares"))
def forget(job: Job) -> dict:
    return {"ended": forget_ended_shares()}


@registry.every("people.forget_ended_sessions", "30 0 * * *", label=_("Delete ended sessions"))
def forget_sessions(job: Job) -> dict:
    SessionStore.clear_expired()
    return {}
