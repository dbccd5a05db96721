"""What somebody outside sends by a one-time link; nobody of the house answers for them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.records import about, lock
from expansion.surveys.models import Answer, Invitation, Question, Questionnaire, Response
from expansion.surveys.selectors import possible, score_of


@transaction.atomic
def keep_answers(*, record: Invitation, values: Mapping[int, Any]) -> Response:
    """Keeps what was answered, {question id: number or text}, with the score it comes to.

    Raises:
        NotNow: the questionnaire takes no answers, or this one's has come.
        Invalid: something that has to be answered is not, or an answer is none of those offered.
    """
    held = lock(Questionnaire.objects.live(), record.questionnaire_id)
    invitation = lock(Invitation.objects.select_related("about_type"), record.pk)
    if not held.is_open or invitation.answered_on:
        raise NotNow(_("This link takes no answer any more."))
    questions = list(held.questions.all())
    given = _checked(held, questions, values)
    response = Response.objects.create(
        questionnaire=held,
        invitation=invitation,
        owner_id=invitation.owner_id,
        team_id=invitation.team_id,
        score=score_of([(one, _number(given.get(one.pk))) for one in questions], held.scale),
        **about(invitation.about),
    )
    Answer.objects.bulk_create(
        Answer(
            response=response,
            question_id=pk,
            number=_number(value),
            text=value if isinstance(value, str) else "",
        )
        for pk, value in given.items()
    )
    invitation.answered_on = clock.today()
    invitation.save(update_fields=["answered_on"])
    write(actor=None, verb="surveys.questionnaire.answered", about=held)
    return response


def _checked(
    record: Questionnaire, questions: list[Question], values: Mapping[int, Any]
) -> dict[int, Any]:
    """The answers that were given, without empty ones."""
    given: dict[int, Any] = {}
    wrong: dict[str, list[str]] = {}
    for question in questions:
        value = values.get(question.pk)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            if question.required:
                wrong[f"q{question.pk}"] = [_("Please answer this.")]
        elif _fits(question, value, record.scale):
            given[question.pk] = value
        else:
            wrong[f"q{question.pk}"] = [_("Choose one of the answers.")]
    if wrong:
        raise Invalid(fields=wrong)
    if not given:
        raise Invalid(_("Answer at least one question."))
    return given


def _fits(question: Question, value: Any, scale: int) -> bool:
    if question.kind == Question.Kind.TEXT:
        return isinstance(value, str)
    return type(value) is int and value in dict(possible(question, scale))


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None
