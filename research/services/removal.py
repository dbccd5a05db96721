"""Taking a finding, plan or report out of every list, and bringing it back."""

from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import NotNow
from expansion.people.models import User
from expansion.records import lock
from research.models import Finding, ResearchPlan, ResearchReport
from research.services.drafts import require_open

Noun = TypeVar("Noun", Finding, ResearchPlan, ResearchReport)


@transaction.atomic
def delete_record(*, actor: User, record: Noun, reason: str) -> Noun:
    """Takes a record out of every list; what was decided, or carries something else, stays.

    Raises:
        Forbidden: it is not this person's to delete.
        NotNow: it is in approval or decided, or others rest on it.
    """
    found = lock(type(record).objects.live(), record.pk)
    if isinstance(found, Finding):
        _require_free(found)
    else:
        require_open(found)
    access.require(actor, "delete", found)
    found.deleted_at, found.deleted_by = clock.now(), actor
    _store(found)
    changes = {"reason": [None, reason]}
    write(actor=actor, verb=f"research.{_word(found)}.deleted", about=found, changes=changes)
    return found


@transaction.atomic
def restore_record(*, actor: User, record: Noun) -> Noun:
    """Brings a deleted record back as it was.

    Raises:
        Gone: it is not deleted.
    """
    found = lock(type(record).objects.exclude(deleted_at=None), record.pk)
    access.require(actor, "restore", found)
    found.deleted_at = found.deleted_by = None
    _store(found)
    write(actor=actor, verb=f"research.{_word(found)}.restored", about=found)
    return found


def _require_free(finding: Finding) -> None:
    if finding.adopted_at:
        raise NotNow(_("A decision rests on this. It stays in the log."))
    if finding.reports.filter(deleted_at=None).exists():
        raise NotNow(_("A report rests on this. Take it out of the report first."))


def _store(record: Noun) -> None:
    record.version += 1
    record.save(update_fields=["deleted_at", "deleted_by", "version", "updated_at"])


def _word(record: Noun) -> str:
    """How the trail calls the noun: finding, plan, report."""
    return record._meta.model_name.removeprefix("research")
