"""Writes over questionnaires and their questions, while they are drafts (R-crm-17)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.surveys.models import Question, Questionnaire
from expansion.surveys.selectors import audiences
from expansion.ui import formats
from expansion.worktime import deadline

FIELDS = ("title", "audience", "purpose", "intro", "valid_until")
ASKED = ("order", "text", "kind", "options", "required", "counts")
FEWEST_CHOICES = 2
Status = Questionnaire.Status
Kind = Question.Kind


@transaction.atomic
def create_questionnaire(*, actor: User, rules: Rules, **values: Any) -> Questionnaire:
    """A draft; its scale is that of the rules.

    Raises:
        Forbidden: surveys are not this person's to run.
        Invalid: a text is missing, nobody known is asked, or the last day does not hold.
    """
    record = Questionnaire(
        owner=actor, team=home_unit(actor), scale=rules.surveys.scale.value, **values
    )
    access.require(actor, "create", record)
    _check(record, rules)
    record.save()
    changes = {"title": [None, record.title], "valid_until": [None, record.valid_until]}
    write(actor=actor, verb="surveys.questionnaire.created", about=record, changes=changes)
    return record


@transaction.atomic
def change_questionnaire(
    *, actor: User, record: Questionnaire, rules: Rules, version: int | None = None, **values: Any
) -> Questionnaire:
    """Changes a draft.

    Raises:
        NotNow: it was sent: whoever has answered has answered this.
        Stale: somebody has changed it since `version`.
        Invalid: as for a new one.
    """
    held = drafted(actor, record, version)
    before = snapshot(held, FIELDS)
    for name in FIELDS:
        setattr(held, name, values.get(name, getattr(held, name)))
    _check(held, rules)
    _store(held)
    changes = differences(before, snapshot(held, FIELDS))
    write(actor=actor, verb="surveys.questionnaire.changed", about=held, changes=changes)
    return held


@transaction.atomic
def copy_questionnaire(
    *, actor: User, record: Questionnaire, rules: Rules, title: str, valid_until: date
) -> Questionnaire:
    """A new draft with the same words and questions; nobody is asked yet.

    Raises:
        Gone: the earlier one is not visible to this person.
    """
    earlier = access.find(actor, Questionnaire.objects.live(), record.pk)
    words = {name: getattr(earlier, name) for name in ("audience", "purpose", "intro")}
    copy = create_questionnaire(
        actor=actor, rules=rules, title=title, valid_until=valid_until, **words
    )
    Question.objects.bulk_create(
        Question(questionnaire=copy, **{name: getattr(one, name) for name in ASKED})
        for one in earlier.questions.all()
    )
    return copy


@transaction.atomic
def delete_questionnaire(*, actor: User, record: Questionnaire, reason: str) -> Questionnaire:
    """Takes a draft away; one that was sent stays.

    Raises:
        NotNow: it was sent.
    """
    held = drafted(actor, record)
    held.deleted_at, held.deleted_by = clock.now(), actor
    _store(held)
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="surveys.questionnaire.deleted", about=held, changes=changes)
    return held


@transaction.atomic
def add_question(*, actor: User, record: Questionnaire, **values: Any) -> Question:
    """A question of a draft; without a place it comes last.

    Raises:
        NotNow: the questionnaire was sent.
        Invalid: no text, or too few choices.
    """
    held = drafted(actor, record)
    question = Question(questionnaire=held, **values)
    question.order = values.get("order") or held.questions.count() + 1
    _check_question(question)
    question.save()
    _told(actor, held, {"question": [None, question.text]})
    return question


@transaction.atomic
def change_question(*, actor: User, record: Question, **values: Any) -> Question:
    """Changes a question of a draft."""
    held = drafted(actor, record.questionnaire)
    question = lock(Question.objects.filter(questionnaire=held), record.pk)
    before = question.text
    values = {name: value for name, value in values.items() if value is not None}
    for name in ASKED:
        setattr(question, name, values.get(name, getattr(question, name)))
    _check_question(question)
    question.save()
    _told(actor, held, {"question": [before, question.text]})
    return question


@transaction.atomic
def remove_question(*, actor: User, record: Question) -> Questionnaire:
    """Takes a question out of a draft."""
    held = drafted(actor, record.questionnaire)
    question = lock(Question.objects.filter(questionnaire=held), record.pk)
    _told(actor, held, {"question": [question.text, None]})
    question.delete()
    return held


def drafted(actor: User, record: Questionnaire, version: int | None = None) -> Questionnaire:
    """The questionnaire, held for a change of what it asks."""
    access.require(actor, "edit", record)
    held = lock(Questionnaire.objects.live(), record.pk, version=version)
    require_draft(held)
    return held


def require_draft(record: Questionnaire) -> None:
    """Raises NotNow where it was sent already, with what to do instead."""
    if record.status != Status.DRAFT:
        raise NotNow(_("This was sent: whoever has answered has answered this. Copy it instead."))


def last_day(rules: Rules) -> date | None:
    """Until when a link made today may be valid; None where the rulebook sets no limit."""
    calendar = rules.working_time.as_calendar()
    moment = deadline(clock.now(), rules.surveys.link_valid.value, calendar)
    return clock.local_date(moment) if moment else None


def day_problem(day: date, rules: Rules) -> str:
    """Why nobody can answer until this day; empty where it holds."""
    last = last_day(rules)
    if day < clock.today():
        return _("This day has passed.")
    if last is not None and day > last:
        words = {"day": formats.day_as("full", last)}
        return _("A link is valid until %(day)s at most.") % words
    return ""


def _check(record: Questionnaire, rules: Rules) -> None:
    wrong: dict[str, list[str]] = {}
    for name in ("title", "purpose", "intro"):
        setattr(record, name, getattr(record, name).strip())
    if not record.title:
        wrong["title"] = [_("Give it a title.")]
    if not record.purpose:
        wrong["purpose"] = [_("Say what the answers are for: it stands on the public page.")]
    if record.audience not in dict(audiences(rules, record.audience if record.pk else "")):
        wrong["audience"] = [_("Choose who is asked.")]
    if problem := day_problem(record.valid_until, rules):
        wrong["valid_until"] = [problem]
    if wrong:
        raise Invalid(fields=wrong)


def _check_question(question: Question) -> None:
    wrong: dict[str, list[str]] = {}
    question.text = question.text.strip()
    if not question.text:
        wrong["text"] = [_("Write the question.")]
    if question.kind == Kind.CHOICE and len(set(question.choices)) < FEWEST_CHOICES:
        wrong["options"] = [_("Write at least two choices, each on a line.")]
    if wrong:
        raise Invalid(fields=wrong)
    if question.kind != Kind.CHOICE:
        question.options = ""
    if question.kind not in Question.COUNTING:
        question.counts = False


def _told(actor: User, record: Questionnaire, changes: dict[str, list[Any]]) -> None:
    _store(record)
    write(actor=actor, verb="surveys.questionnaire.changed", about=record, changes=changes)


def _store(record: Questionnaire) -> None:
    record.version += 1
    record.save()
