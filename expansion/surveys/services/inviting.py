"""Writes over whom a questionnaire asks, and how its links reach them (R-crm-17)."""

import logging
from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Gone, Invalid, NotNow
from expansion.guests.services import make_pass, revoke_passes
from expansion.jobs.progress import Progress, unheard
from expansion.jobs.services import enqueue
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.people.selectors import house_name
from expansion.records import about, lock
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.surveys.models import Invitation, Question, Questionnaire
from expansion.surveys.selectors import audience
from expansion.surveys.services.questionnaires import day_problem, drafted
from expansion.ui import formats

logger = logging.getLogger(__name__)
PURPOSE = "surveys.answer"
MAIL = "surveys.mail_invitations"
PATIENCE = 10  # seconds that a mail server may take to answer
Status = Questionnaire.Status


@transaction.atomic
def invite(
    *, actor: User, record: Questionnaire, source: str, keys: Iterable[str], base: str = ""
) -> Questionnaire:
    """Adds recipients of an offered audience, each once; whoever is asked already stays so.

    Of one that is open those with an address are written to at once; `base` is the address of this
    installation, which their links begin with.

    Raises:
        NotNow: it takes no answers any more.
        Invalid: nobody was chosen, or not from what this person may ask.
    """
    access.require(actor, "edit", record)
    held = lock(Questionnaire.objects.live(), record.pk)
    if held.status != Status.DRAFT and not held.is_open:
        raise NotNow(_("This takes no answers any more. Copy it to ask again."))
    offered = audience(source)
    chosen = list(offered.pick(actor, keys)) if offered else []
    if not chosen:
        raise Invalid(fields={"keys": [_("Choose whom to ask.")]})
    rows = [
        Invitation(
            questionnaire=held,
            audience=source,
            contact=one.contact,
            recipient=one.name[:120],
            by_mail=one.has_email,
            owner=one.owner,
            team=one.team,
            **about(one.record),
        )
        for one in chosen
    ]
    before = held.invitations.count()
    Invitation.objects.bulk_create(rows, ignore_conflicts=True)
    changes = {"invited": [before, held.invitations.count()]}
    write(actor=actor, verb="surveys.questionnaire.invited", about=held, changes=changes)
    if held.is_open:
        _mail_later(actor, held, base)
    return held


@transaction.atomic
def remove_invitation(*, actor: User, record: Invitation) -> Questionnaire:
    """Asks this one no more: the link ends, and the row goes.

    Raises:
        NotNow: an answer has come, or the questionnaire is closed.
    """
    held, invitation = _reached(actor, record)
    if held.is_over or invitation.answered_on:
        raise NotNow(_("The answer has come already."))
    revoke_passes(actor=actor, purpose=PURPOSE, records=[invitation])
    changes = {"invited": [str(invitation), None]}
    write(actor=actor, verb="surveys.questionnaire.uninvited", about=held, changes=changes)
    invitation.delete()
    return held


@transaction.atomic
def send_questionnaire(
    *, actor: User, record: Questionnaire, rules: Rules, rules_version: Version, base: str
) -> Questionnaire:
    """From draft to open: whoever has an address is written to, the others are handed a link.

    From how many answers something is read is settled now, and kept.

    Raises:
        NotNow: it was sent already.
        Invalid: nothing counts towards a score, the last day does not hold, or so few are asked
            that nothing could be read of their answers.
    """
    held = drafted(actor, record)
    held.least = rules.surveys.min_answers.value
    _check_ready(held, rules)
    held.status, held.sent_at, held.rules_version = Status.SENT, clock.now(), rules_version
    held.version += 1
    held.save()
    changes = {"status": [Status.DRAFT, Status.SENT]}
    write(actor=actor, verb="surveys.questionnaire.sent", about=held, changes=changes)
    _mail_later(actor, held, base)
    return held


def _check_ready(record: Questionnaire, rules: Rules) -> None:
    counting = record.questions.filter(counts=True, kind__in=Question.COUNTING)
    if not counting.exists():
        raise Invalid(_("Add a question that counts towards the score."))
    if record.invitations.count() < record.least:
        words = {"least": record.least}
        raise Invalid(
            _("Ask at least %(least)d: of fewer answers nothing is read, so that nobody’s shows.")
            % words
        )
    if problem := day_problem(record.valid_until, rules):
        raise Invalid(problem)


@transaction.atomic
def make_link(*, actor: User, record: Invitation) -> tuple[Invitation, str]:
    """A link to hand over; it is returned this once, and ends the one before it.

    Raises:
        Gone: the record asked is not this person's to see.
        NotNow: the questionnaire takes no answers, or this answer has come.
    """
    held, invitation = _reached(actor, record)
    if not held.is_open:
        raise NotNow(_("This questionnaire takes no answers at present."))
    if invitation.answered_on:
        raise NotNow(_("The answer has come already."))
    _made, secret = _pass(actor, held, invitation)
    invitation.handed_at, invitation.handed_by = clock.now(), actor
    invitation.save(update_fields=["handed_at", "handed_by"])
    return invitation, secret


def _reached(actor: User, record: Invitation) -> tuple[Questionnaire, Invitation]:
    """The questionnaire and the invitation, both held; the record asked is the actor's to see."""
    access.require(actor, "edit", record)
    if record.about is None or not access.can(actor, "view", record.about):
        raise Gone(_("There is nothing here for you at this address."))
    held = lock(Questionnaire.objects.live(), record.questionnaire_id)
    return held, lock(Invitation.objects.filter(questionnaire=held), record.pk)


def _pass(actor: User | None, record: Questionnaire, invitation: Invitation) -> tuple[Any, str]:
    """A link that works up to the end of the questionnaire's last day."""
    end = clock.moment_on(record.valid_until + timedelta(days=1), time())
    return make_pass(actor=actor, purpose=PURPOSE, about=invitation, expires_at=end)


def _mail_later(actor: User, record: Questionnaire, base: str) -> None:
    if settings.MAIL_LEAVES and record.invitations.filter(by_mail=True, mailed_at=None).exists():
        enqueue(MAIL, actor=actor, about=record, key=f"survey-{record.pk}", base=base)


def mail_invitations(
    *, record: Questionnaire, base: str, progress: Progress = unheard
) -> dict[str, int]:
    """The background half: writes to everybody with an address who was not written to.

    A secret is stored nowhere, so each mail is made with a link of its own and sent at once. Where
    the process dies in between, the next run makes a newer link, which ends the first one.
    `progress` is told before each mail; what it raises ends the writing there.
    """
    waiting = record.invitations.unanswered().filter(by_mail=True, mailed_at=None, failed=False)
    sent = failed = 0
    keys = list(waiting.values_list("pk", flat=True))
    for done, pk in enumerate(keys):
        progress(done, len(keys))
        outcome = _mail_one(pk, base)
        sent, failed = sent + (outcome is True), failed + (outcome is False)
    if failed:
        _tell_failed(record, failed)
    return {"sent": sent, "failed": failed}


def _mail_one(pk: int, base: str) -> bool | None:
    """Whether the mail was accepted; None where there is nobody to write to any more."""
    prepared = _prepare(pk)
    if prepared is None:
        return None
    message, secret = prepared
    address = base.rstrip("/") + reverse("guests:page", args=[secret])
    message.body = message.body % {"address": address}
    try:
        message.send()
    except OSError as reason:  # smtplib's errors are OSErrors, as are all of the network's.
        logger.warning("A survey's link could not be mailed: %s", reason)
        _mark(pk, failed=True)
        return False
    _mark(pk, failed=False)
    return True


@transaction.atomic
def _prepare(pk: int) -> tuple[EmailMessage, str] | None:
    """The mail with its link's secret beside it; the invitation is held meanwhile."""
    invitation = lock(Invitation.objects.select_related("questionnaire"), pk)
    held, offered = invitation.questionnaire, audience(invitation.audience)
    address = offered.email(invitation.about, invitation.contact) if offered else ""
    if not (held.is_open and address) or invitation.answered_on or invitation.mailed_at:
        return None
    _made, secret = _pass(None, held, invitation)
    return _message(held, invitation, address), secret


def _message(record: Questionnaire, invitation: Invitation, to: str) -> EmailMessage:
    """In the department's language: the house knows no other of somebody outside."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "site": house_name(),
            "title": record.title,
            "name": invitation.recipient or invitation.about_label,
            "day": formats.day_as("full", record.valid_until),
        }
        lines = [
            _("%(name)s, we would like to know how satisfied you are.") % words,
            record.intro,
            _("Please answer here, without a login:"),
            "%(address)s",
            _("The link works once, until %(day)s. Pass it on to nobody.") % words,
            _("What for: %(purpose)s") % {"purpose": record.purpose},
            _("Kept by: %(site)s. Your answers are read together with those of others only.")
            % words,
        ]
        subject = " ".join((_("[%(site)s] %(title)s") % words).split())
    texts = [line if line == "%(address)s" else line.replace("%", "%%") for line in lines if line]
    return EmailMessage(
        subject=subject,
        body="\n\n".join(texts),
        to=[to],
        connection=get_connection(timeout=PATIENCE),
    )


@transaction.atomic
def _mark(pk: int, *, failed: bool) -> None:
    invitation = lock(Invitation.objects.all(), pk)
    invitation.failed, invitation.mailed_at = failed, None if failed else clock.now()
    invitation.save(update_fields=["failed", "mailed_at"])
    verb = "surveys.invitation.kept_back" if failed else "surveys.invitation.mailed"
    write(actor=None, verb=verb, about=invitation)


def _tell_failed(record: Questionnaire, count: int) -> None:
    words = {"count": count, "title": record.title}
    tell(
        people=[record.owner],
        kind="surveys.mail_failed",
        title=lazy(lambda: _("%(count)d mails of “%(title)s” were not accepted") % words, str)(),
        text=lazy(
            lambda: _("Hand these links over yourself: they wait on the questionnaire’s page."), str
        )(),
        url=record.get_absolute_url(),
        about=record,
    )
