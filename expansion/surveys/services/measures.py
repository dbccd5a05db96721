"""Writes over what is to become better after a survey, once its report is handed in, and the
reminders of it (D-3.2.4d, R-exp-11)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock, worktime
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.notices import ladders
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.schema import Rules
from expansion.surveys.models import Measure, Questionnaire


@transaction.atomic
def finish_measure(*, actor: User, record: Measure, done_on: date, done_note: str) -> Measure:
    """Keeps that a measure is carried out: on which day, and what was done.

    Raises:
        NotNow: its report is not handed in yet, or it is ticked off already.
        Invalid: the day has not come yet or lies before the survey closed, or nothing is said.
    """
    access.require(actor, "complete", record)
    held, measure = _reported(record)
    if measure.done_on:
        raise NotNow(_("This has been ticked off already."))
    note = done_note.strip()
    wrong: dict[str, list[str]] = {}
    if done_on > clock.today():
        wrong["done_on"] = [_("This day has not come yet.")]
    elif done_on < clock.local_date(held.closed_at):
        wrong["done_on"] = [_("On this day the survey still took answers.")]
    if not note:
        wrong["done_note"] = [_("Say what was done.")]
    if wrong:
        raise Invalid(fields=wrong)
    measure.done_on, measure.done_by, measure.done_note = done_on, actor, note
    changes = {"done_on": [None, done_on], "done_note": ["", note]}
    return _saved(actor, held, measure, "done", changes)


@transaction.atomic
def reopen_measure(*, actor: User, record: Measure, reason: str) -> Measure:
    """Takes a tick back, with its reason; only whoever runs the survey does.

    Raises:
        NotNow: it is open.
    """
    access.require(actor, "edit", record)
    held, measure = _reported(record)
    if not measure.done_on:
        raise NotNow(_("This is still open."))
    changes = {
        "done_on": [measure.done_on, None],
        "done_note": [measure.done_note, ""],
        "reason": [None, reason],
    }
    measure.done_on, measure.done_by, measure.done_note = None, None, ""
    return _saved(actor, held, measure, "reopened", changes)


def remind(*, now: datetime, rules: Rules) -> dict[str, int]:
    """Tells whoever is responsible that a measure falls due or is overdue, and those above as the
    ladder says; each person once, however often this runs."""
    running = Measure.objects.running().select_related("responsible", "questionnaire__owner")
    owed = [_owed(one) for one in running]
    return ladders.remind(
        owed, now=now, kind="surveys.measure", ladder="survey_measures", rules=rules
    )


def _owed(measure: Measure) -> ladders.Owed:
    """By whoever is responsible; of somebody who has left, by whoever runs the survey."""
    held, responsible = measure.questionnaire, measure.responsible
    return ladders.Owed(
        people=(responsible if responsible.is_active else held.owner,),
        due_at=worktime.end_of(measure.due_on),
        what=f"{measure.text} · {held.title}",
        key=f"{measure.pk}.{measure.due_on}",
        url=measure.get_absolute_url(),
        about=held,
    )


def _reported(record: Measure) -> tuple[Questionnaire, Measure]:
    """Survey and measure, held, where the report is handed in: from then on it is to be done."""
    held = lock(Questionnaire.objects.live(), record.questionnaire_id)
    if held.status != Questionnaire.Status.REPORTED:
        raise NotNow(_("A measure is carried out from the report on. Hand in the report first."))
    return held, lock(Measure.objects.filter(questionnaire=held), record.pk)


def _saved(
    actor: User, held: Questionnaire, measure: Measure, word: str, changes: dict[str, Any]
) -> Measure:
    measure.save()
    changes["measure"] = [measure.text, measure.text]
    write(actor=actor, verb=f"surveys.measure.{word}", about=held, changes=changes)
    return measure
