"""A notice is its person's alone: nobody reads for somebody else, a delegate neither.

Administrators see what was told and what has left the house, without its words, and keep robots and
wordings.
"""

from typing import Any

from django.db.models import Q

from expansion import access
from expansion.access import Scope
from expansion.notices.models import Mail, Notice, Preference, Robot, Told, Wording
from expansion.people.models import Role

DESK = {Role.ADMINISTRATOR: Scope.DEPARTMENT}


@access.register(Notice)
class NoticeAccess(access.Rule):
    private = True
    owner, team = "person", None

    def also_visible(self, person: Any) -> Q:
        return Q(person_id=person.pk)

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        return action in {"view", "read"} and (record is None or record.person_id == person.pk)


@access.register(Told)
class ToldAccess(access.Rule):
    """Who was told what kind of thing, and whether it was read; the words stay its reader's."""

    private = True
    owner = team = None
    grants = dict.fromkeys(("view", "export"), DESK)


@access.register(Preference)
class PreferenceAccess(access.Rule):
    """Each person's own."""

    private = True
    owner = team = None

    def also_visible(self, person: Any) -> Q:
        return Q(person_id=person.pk)


@access.register(Mail)
class MailAccess(access.Rule):
    """Who was sent what kind of notice and when; what it said its reader alone has as a notice."""

    private = True
    owner = team = None
    grants = dict.fromkeys(("view", "resend", "export"), DESK)


@access.register(Robot)
class RobotAccess(access.Rule):
    private = True
    owner = team = None
    grants = dict.fromkeys(("view", "create", "edit"), DESK)


@access.register(Wording)
class WordingAccess(access.Rule):
    private = True
    owner = team = None
    grants = dict.fromkeys(("view", "edit"), DESK)
