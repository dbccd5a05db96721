"""Writes over the end of a survey: closed, reported on, and what is to become better."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.guests.services import revoke_passes
from expansion.notices import ladders
from expansion.notices.services import Telling, tell, tell_each
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.schema import Rules
from expansion.surveys.models import Measure, Questionnaire
from expansion.surveys.selectors import results
from expansion.surveys.services.inviting import PURPOSE
from expansion.ui import formats
from expansion.worktime import deadline

Status = Questionnaire.Status


def _spoken(words: Callable[[], str]) -> str:
    """Words that are put together in the language of whoever is told."""
    return lazy(words, str)()


@transaction.atomic
def close_questionnaire(*, actor: User, record: Questionnaire) -> Questionnaire:
    """Takes no more answers; from now on nobody can tell whose an answer is.

    Raises:
        NotNow: it is not open.
    """
    access.require(actor, "edit", record)
    held = lock(Questionnaire.objects.live(), record.pk)
    if held.status != Status.SENT:
        raise NotNow(_("Only a questionnaire that was sent can be closed."))
    return _close(held, actor)


@transaction.atomic
def close_ended(*, record: Questionnaire) -> bool:
    """Closes one whose last day has passed; twice, or after somebody else, it changes nothing."""
    held = lock(Questionnaire.objects.live(), record.pk)
    if held.status != Status.SENT or held.valid_until >= clock.today():
        return False
    _close(held, None)
    return True


def _close(record: Questionnaire, actor: User | None) -> Questionnaire:
    changes = {"status": [record.status, Status.CLOSED]}
    revoke_passes(actor=actor, purpose=PURPOSE, records=record.invitations.unanswered())
    record.responses.update(invitation=None)
    record.status, record.closed_at = Status.CLOSED, clock.now()
    record.score = results(record).score
    _store(record)
    write(actor=actor, verb="surveys.questionnaire.closed", about=record, changes=changes)
    if actor != record.owner:
        _tell_closed(record, actor)
    return record


def _tell_closed(record: Questionnaire, actor: User | None) -> None:
    answered, invited = record.responses.count(), record.invitations.count()
    tell(
        people=[record.owner],
        kind="surveys.closed",
        title=_spoken(
            lambda: (
                _("“%(title)s” is closed: %(answered)d of %(invited)d have answered")
                % {"title": record.title, "answered": answered, "invited": invited}
            )
        ),
        text=_spoken(lambda: _("Write the report, with what is to become better.")),
        url=record.get_absolute_url(),
        about=record,
        actor=actor,
        key=f"surveys.closed:{record.pk}",
    )


@transaction.atomic
def add_measure(
    *, actor: User, record: Questionnaire, text: str, responsible: User, due_on: date
) -> Measure:
    """What is to become better, by whom, until when; written before the report is handed in.

    Raises:
        NotNow: the questionnaire is not closed, or is reported on already.
        Invalid: no text, the day has passed, or the person has left.
    """
    held = _closed(actor, record)
    measure = Measure(questionnaire=held, text=text.strip(), responsible=responsible, due_on=due_on)
    wrong: dict[str, list[str]] = {}
    if not measure.text:
        wrong["text"] = [_("Say what is to be done.")]
    if due_on < clock.today():
        wrong["due_on"] = [_("This day has passed.")]
    if not responsible.is_active:
        wrong["responsible"] = [_("%(name)s has left.") % {"name": responsible.name}]
    if wrong:
        raise Invalid(fields=wrong)
    measure.save()
    changes = {"measure": [None, measure.text]}
    write(actor=actor, verb="surveys.questionnaire.changed", about=held, changes=changes)
    return measure


@transaction.atomic
def remove_measure(*, actor: User, record: Measure) -> Questionnaire:
    """Takes a measure out before the report is handed in."""
    held = _closed(actor, record.questionnaire)
    measure = lock(Measure.objects.filter(questionnaire=held), record.pk)
    changes = {"measure": [measure.text, None]}
    write(actor=actor, verb="surveys.questionnaire.changed", about=held, changes=changes)
    measure.delete()
    return held


@transaction.atomic
def report_questionnaire(*, actor: User, record: Questionnaire, summary: str) -> Questionnaire:
    """Hands in the report with its measures, whose people are told (D-3.2.4d).

    Raises:
        NotNow: it is not closed, or reported on already.
        Invalid: no findings, or no measure.
    """
    held = _closed(actor, record)
    measures = list(held.measures.select_related("responsible"))
    if not summary.strip():
        raise Invalid(fields={"summary": [_("Write what was found.")]})
    if not measures:
        raise Invalid(_("Name at least one thing that is to become better, then hand it in."))
    held.summary, held.status, held.reported_at = summary.strip(), Status.REPORTED, clock.now()
    _store(held)
    changes = {"status": [Status.CLOSED, Status.REPORTED], "written": [0, len(held.summary)]}
    write(actor=actor, verb="surveys.questionnaire.submitted", about=held, changes=changes)
    tell_each([_to_responsible(held, one) for one in measures], kind="surveys.measure", actor=actor)
    return held


def _to_responsible(record: Questionnaire, measure: Measure) -> Telling:
    return Telling(
        person=measure.responsible,
        title=_spoken(
            lambda: (
                _("To do after “%(title)s”: %(what)s")
                % {"title": record.title, "what": measure.text}
            )
        ),
        text=_spoken(lambda: _("Until %(day)s.") % {"day": formats.day_as("full", measure.due_on)}),
        url=record.get_absolute_url(),
        about=record,
        key=f"surveys.measure:{measure.pk}",
    )


def _closed(actor: User, record: Questionnaire) -> Questionnaire:
    """The questionnaire, held for its report."""
    access.require(actor, "report", record)
    held = lock(Questionnaire.objects.live(), record.pk)
    if held.status == Status.REPORTED:
        raise NotNow(_("The report is handed in; it stays as it is."))
    if held.status != Status.CLOSED:
        raise NotNow(_("The report is written once the questionnaire is closed."))
    return held


@transaction.atomic
def remind_before_end(*, record: Questionnaire, rules: Rules) -> bool:
    """Tells whoever runs it, once, that it ends soon and how many have answered."""
    limit, calendar = rules.surveys.remind_before.value, rules.working_time.as_calendar()
    horizon = deadline(clock.now(), limit, calendar)
    if not record.is_open or horizon is None or record.valid_until > clock.local_date(horizon):
        return False
    answered, invited = record.responses.count(), record.invitations.count()
    told = tell(
        people=[record.owner],
        kind="surveys.ending",
        title=_spoken(
            lambda: (
                _("“%(title)s” ends on %(day)s: %(answered)d of %(invited)d have answered")
                % {
                    "title": record.title,
                    "day": formats.day_as("full", record.valid_until),
                    "answered": answered,
                    "invited": invited,
                }
            )
        ),
        text=_spoken(lambda: _("Ask those who have not answered yet.")),
        url=record.get_absolute_url(),
        about=record,
        key=f"surveys.ends:{record.pk}",
    )
    return bool(told)


def remind_of_reports(*, now: datetime, rules: Rules) -> dict[str, int]:
    """Tells who runs a closed questionnaire that its report falls due or is overdue, and those
    above as the ladder says; none is due where the rulebook sets no limit (`report_within`)."""
    closed = Questionnaire.objects.live().filter(status=Status.CLOSED).select_related("owner")
    owed = [one for record in closed for one in _report_owed(record, rules)]
    return ladders.remind(owed, now=now, kind="surveys.report", ladder="surveys", rules=rules)


def _report_owed(record: Questionnaire, rules: Rules) -> Iterator[ladders.Owed]:
    limit, calendar = rules.surveys.report_within.value, rules.working_time.as_calendar()
    due = deadline(record.closed_at, limit, calendar)
    if due is not None:
        yield ladders.Owed(
            people=(record.owner,),
            due_at=due,
            what=_spoken(lambda: _("report on “%(title)s”") % {"title": record.title}),
            key=f"{record.pk}.{clock.local_date(due)}",
            url=record.get_absolute_url(),
            about=record,
            counted=True,
        )


def _store(record: Any) -> None:
    record.version += 1
    record.save()
