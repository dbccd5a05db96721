"""A notice is its person's alone: nobody reads for somebody else, a delegate neither."""

from typing import Any

from django.db.models import Q

from expansion import access
from expansion.notices.models import Mail, Notice, Preference


@access.register(Notice)
class NoticeAccess(access.Rule):
    private = True
    owner, team = "person", None

    def also_visible(self, person: Any) -> Q:
        return Q(person_id=person.pk)

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        return action in {"view", "read"} and (record is None or record.person_id == person.pk)


@access.register(Preference)
class PreferenceAccess(access.Rule):
    """Each person's own."""

    private = True
    owner = team = None

    def also_visible(self, person: Any) -> Q:
        return Q(person_id=person.pk)


@access.register(Mail)
class MailAccess(access.Rule):
    """The outbox is shown to nobody: what it sends, its reader has as a notice."""

    private = True
    owner = team = None
