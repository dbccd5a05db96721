"""Comments without a decision, and answering and settling the notes on a document; all stay
readable for ever (R-exp-05)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.approvals import notifying
from expansion.approvals.models import Comment, Note, Request
from expansion.approvals.selectors import settleable, speaks_as
from expansion.approvals.services import LONGEST
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.people.models import User
from expansion.records import lock


@transaction.atomic
def comment(*, actor: User, request: Request, text: str) -> Comment:
    """Says something on a matter that is being decided, without deciding it.

    The others concerned are told: whose matter it is, who decides now or has decided, who has
    commented. It moves nothing: who has read the matter decides it as before.

    Raises:
        Forbidden: the person neither decides here, now or then, nor is it their matter.
        NotNow: it is not being decided any more.
        Invalid: nothing was written, or too much.
    """
    request = lock(Request.objects.all(), request.pk)
    holder = require_voice(actor, request)
    if request.status != Request.Status.PENDING:
        raise NotNow(_("This is not being decided any more: nothing is added to it."))
    said = _checked(text, "text")
    made = Comment.objects.create(
        request=request,
        by=actor,
        for_person_id=holder if holder != actor.pk else None,
        at=clock.now(),
        text=said,
    )
    write(
        actor=actor,
        verb="approvals.request.commented",
        about=request.about,
        changes={"comment": [None, said]},
        for_person=made.for_person,
    )
    notifying.commented(made)
    return made


def require_voice(actor: User, request: Request) -> int:
    """In whose right the person comments, by the id.

    Raises:
        Forbidden: the person only reads it.
    """
    holder = speaks_as(actor, request)
    if holder is None:
        sentence = _("Only %(name)s, whose matter it is, and those who decide it may comment.")
        raise Forbidden(sentence % {"name": request.submitted_by.name})
    return holder


@transaction.atomic
def answer_note(*, actor: User, note: Note, answer: str) -> Note:
    """The submitter's or owner's answer to a note; a later answer replaces an earlier one.

    Raises:
        NotNow: the note is settled.
        Forbidden: the document is not this person's.
    """
    note, request = _locked(note)
    access.require(actor, "answer", request)
    said = _checked(answer, "answer")
    changes = {"answer": [note.answer or None, said]}
    note.answer, note.answered_by, note.answered_at = said, actor, clock.now()
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


def _checked(text: str, field: str) -> str:
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(fields={field: [_("Write one to 2,000 characters.")]})
    return text.strip()


def _locked(note: Note) -> tuple[Note, Any]:
    note = lock(Note.objects.select_related("decision__step__request"), note.pk)
    if note.settled_at:
        raise NotNow(_("This note is settled."))
    return note, note.decision.step.request
