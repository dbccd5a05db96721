"""Setting how far a record is kept (R-exp-18)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.audit.services import write
from expansion.errors import Gone, Invalid
from expansion.people.models import User
from expansion.records import Graded, Level, lock


@transaction.atomic
def classify(
    *, actor: User, record: Graded, level: str, reason: str, version: int | None = None
) -> Any:
    """Sets the record's level; from then on who may not read it there does not find it any more.

    The level is no part of what is approved: it can be set at any time.

    Raises:
        Forbidden: the level is not this person's to set.
        Gone: records of this kind have no level.
        Invalid: no such level, or the one it has.
        Stale: somebody has changed the record since `version`.
    """
    if not isinstance(record, Graded):
        raise Gone(_("There is nothing here for you at this address."))
    access.require(actor, "classify", record)
    if level not in Level.values:
        raise Invalid(fields={"level": [_("Choose one of the levels.")]})
    stored: Any = lock(type(record)._default_manager.all(), record.pk, version=version)
    if stored.level == level:
        raise Invalid(fields={"level": [_("It has this level already.")]})
    changes = {"level": [stored.level, level], "reason": [None, reason]}
    stored.level = level
    stored.version += 1
    stored.save(update_fields=["level", "version", "updated_at"])
    options = stored._meta
    write(
        actor=actor,
        verb=f"{options.app_label}.{options.model_name}.classified",
        about=stored,
        changes=changes,
    )
    return stored
