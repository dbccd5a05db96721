"""Answering and settling the notes on a document; both stay readable for ever (R-exp-05)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.approvals.models import Note
from expansion.approvals.selectors import settleable
from expansion.approvals.services import LONGEST
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.people.models import User
from expansion.records import lock


@transaction.atomic
def answer_note(*, actor: User, note: Note, answer: str) -> Note:
    """The submitter's or owner's answer to a note; a later answer replaces an earlier one.

    Raises:
        NotNow: the note is settled.
        Forbidden: the document is not this person's.
    """
    note, request = _locked(note)
    access.require(actor, "answer", request)
    if not answer.strip() or len(answer) > LONGEST:
        raise Invalid(fields={"answer": [_("Write one to 2,000 characters.")]})
    changes = {"answer": [note.answer or None, answer.strip()]}
    note.answer, note.answered_by, note.answered_at = answer.strip(), actor, clock.now()
    note.save()
    write(actor=actor, verb="approvals.note.answered", about=request.about, changes=changes)
    return note


@transaction.atomic
def settle_note(*, actor: User, note: Note) -> Note:
    """Marks a note as settled: whoever wrote it, or decides on the document now or then.

    Raises:
        NotNow: it is settled already.
        Forbidden: the person neither wrote it nor decides here.
    """
    note, request = _locked(note)
    if note.pk not in settleable(actor, [note]):
        raise Forbidden(_("Only who wrote the note or decides here may settle it."))
    note.settled_by, note.settled_at = actor, clock.now()
    note.save()
    write(actor=actor, verb="approvals.note.settled", about=request.about)
    return note


def _locked(note: Note) -> tuple[Note, Any]:
    note = lock(Note.objects.select_related("decision__step__request"), note.pk)
    if note.settled_at:
        raise NotNow(_("This note is settled."))
    return note, note.decision.step.request
