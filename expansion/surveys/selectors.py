"""Reads over questionnaires: who was asked, and what their answers say together.

Nothing is read from fewer answers than the questionnaire's `least`: of so few each one can be
guessed. Of what is broken down by team, person or record, a part that could be worked out from the
whole is left out as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import access, offers
from expansion.records import about_key
from expansion.rounding import two_places
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import choices_of
from expansion.surveys.models import Answer, Invitation, Question, Questionnaire, Response

HUNDRED = Decimal(100)
AUDIENCES = "survey_audiences"  # the list of the rulebook that names who is asked
ASKED = (
    ("clients", gettext_lazy("Clients")),
    ("partners", gettext_lazy("Partners")),
    ("guests", gettext_lazy("Guests of an event")),
)


def audiences(rules: Rules, kept: str = "") -> list[tuple[str, Any]]:
    """Who can be asked: the rulebook's own list, or ours where it has none."""
    listed = next((one.items for one in rules.lists if one.key == AUDIENCES), None)
    if listed is not None:
        return list(choices_of(listed, kept))
    return list(ASKED)


def audience_label(rules: Rules, key: str) -> str:
    return str(dict(audiences(rules, key)).get(key, key))


def audience(key: str) -> offers.SurveyAudience | None:
    """Where recipients of this kind come from."""
    return next((one for one in offers.of(offers.SurveyAudience) if one.key == key), None)


def with_counts(records: QuerySet[Questionnaire]) -> QuerySet[Questionnaire]:
    """With how many were `invited` and have `answered`, each counted by itself."""
    return records.annotate(invited=_number(Invitation), answered=_number(Response))


def _number(model: type[models.Model]) -> Coalesce:
    rows = model._default_manager.filter(questionnaire=OuterRef("pk")).order_by()
    counted = rows.values("questionnaire").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=models.IntegerField()), 0)


@dataclass(frozen=True)
class Share:
    """One possible answer and how many gave it."""

    label: str
    count: int
    percent: Decimal


@dataclass(frozen=True)
class Tally:
    """What was answered to one question; nothing where too few answered it."""

    question: Question
    count: int
    enough: bool
    mean: Decimal | None = None
    shares: tuple[Share, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """The score of one team, person or record; None where too few answered."""

    label: str
    count: int
    score: Decimal | None


@dataclass(frozen=True)
class Results:
    """What the answers to a questionnaire say together."""

    invited: int
    answered: int
    least: int
    score: Decimal | None
    tallies: tuple[Tally, ...] = ()
    teams: tuple[Part, ...] = ()
    people: tuple[Part, ...] = ()

    @property
    def enough(self) -> bool:
        return self.answered >= self.least


def rounded(value: Decimal | None) -> Decimal | None:
    """A score as it is shown: two places, half up, once at the end."""
    return None if value is None else two_places(value)


def mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, Decimal()) / len(values) if values else None


def score_of(answers: Iterable[tuple[Question, int | None]], scale: int) -> Decimal | None:
    """The score of one filled-in questionnaire, 0 to 100: the mean of what counts, each mark set
    against the best one, a yes 100 and a no 0; None where nothing that counts was answered."""
    points = [
        HUNDRED * number if question.kind == Question.Kind.YES_NO else HUNDRED * number / scale
        for question, number in answers
        if number is not None and question.counts and question.kind in Question.COUNTING
    ]
    return mean(points)


def results(record: Questionnaire) -> Results:
    """Of a questionnaire that is over; while it is open nobody reads anything but the numbers."""
    responses = list(record.responses.select_related("owner", "team"))
    invited = record.invitations.count()
    if not record.is_over or len(responses) < record.least:
        return Results(invited, len(responses), record.least, None)
    scores = [one.score for one in responses if one.score is not None]
    return Results(
        invited,
        len(responses),
        record.least,
        rounded(mean(scores)) if len(scores) >= record.least else None,
        tuple(_tallies(record)),
        tuple(parts(responses, lambda one: one.team, record.least)),
        tuple(parts(responses, lambda one: one.owner, record.least)),
    )


def parts(responses: Iterable[Response], of: Any, least: int) -> Iterator[Part]:
    """The scores by what `of` says of each, those of too few left out.

    Where only few answers remain untold, they could be worked out from the whole: then the next
    smallest part is not told either.
    """
    gathered: dict[Any, list[Decimal]] = defaultdict(list)
    for one in responses:
        if one.score is not None:
            gathered[of(one)].append(one.score)
    told = told_of({key: len(scores) for key, scores in gathered.items()}, least)
    for key, scores in sorted(gathered.items(), key=lambda pair: str(pair[0])):
        shown = rounded(mean(scores)) if key in told else None
        yield Part(str(key), len(scores), shown)


def told_of(counts: Mapping[Any, int], least: int) -> set[Any]:
    """The parts that may be told, given how many answers each has."""
    told = {key for key, count in counts.items() if count >= least}
    hidden = sum(count for key, count in counts.items() if key not in told)
    while told and 0 < hidden < least:
        smallest = min(told, key=lambda key: (counts[key], str(key)))
        told.remove(smallest)
        hidden += counts[smallest]
    return told


def _tallies(record: Questionnaire) -> Iterator[Tally]:
    """Question by question, in their order; texts in the order of their words, which says nothing
    of who wrote them or when."""
    rows = Answer.objects.filter(question__questionnaire=record)
    found: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    for question, number, text in rows.values_list("question_id", "number", "text"):
        found[question].append((number, text))
    for question in record.questions.all():
        given = [
            (number, text) for number, text in found[question.pk] if number is not None or text
        ]
        if len(given) < record.least:
            yield Tally(question, len(given), enough=False)
        elif question.kind == Question.Kind.TEXT:
            texts = tuple(sorted(text for _number, text in given))
            yield Tally(question, len(given), enough=True, texts=texts)
        else:
            yield _counted(question, [n for n, _text in given if n is not None], record.scale)


def _counted(question: Question, numbers: list[int], scale: int) -> Tally:
    counts, total = Counter(numbers), len(numbers)
    shares = tuple(
        Share(label, counts[place], rounded(HUNDRED * counts[place] / total) or Decimal())
        for place, label in possible(question, scale)
    )
    is_scale = question.kind == Question.Kind.SCALE
    middle = rounded(mean([Decimal(one) for one in numbers])) if is_scale else None
    return Tally(question, total, enough=True, mean=middle, shares=shares)


def possible(question: Question, scale: int) -> list[tuple[int, str]]:
    """The answers that can be chosen: number and words, the best first."""
    if question.kind == Question.Kind.SCALE:
        return [(mark, str(mark)) for mark in range(scale, 0, -1)]
    if question.kind == Question.Kind.YES_NO:
        return [(1, _("yes")), (0, _("no"))]
    return list(enumerate(question.choices, start=1))


@dataclass(frozen=True)
class Score:
    """What one questionnaire says of one person: the mean of 0 to 100, None of too few answers."""

    questionnaire: int
    title: str
    on: datetime
    owner: int
    count: int
    least: int
    value: Decimal | None


def scores_of(people: Iterable[Any], start: datetime, end: datetime) -> list[Score]:
    """Of these people's records, from the questionnaires closed in the span: one query."""
    over = {f"questionnaire__{name}": value for name, value in _closed_in(start, end).items()}
    rows = Response.objects.filter(owner__in=people, score__isnull=False, **over)
    columns = ("questionnaire_id", "questionnaire__title", "questionnaire__closed_at")
    found: dict[tuple[Any, ...], list[Decimal]] = defaultdict(list)
    for *key, score in rows.order_by("questionnaire__closed_at", "questionnaire").values_list(
        *columns, "owner_id", "questionnaire__least", "score"
    ):
        found[tuple(key)].append(score)
    return [
        Score(pk, title, on, owner, len(each), least, mean(each) if len(each) >= least else None)
        for (pk, title, on, owner, least), each in found.items()
    ]


def _closed_in(start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "deleted_at": None,
        "status__in": Questionnaire.OVER,
        "closed_at__gte": start,
        "closed_at__lt": end,
    }


@dataclass(frozen=True)
class Asked:
    """One questionnaire on the page of a record that was asked."""

    questionnaire: Questionnaire
    invited: int
    answered: int
    score: Decimal | None
    is_readable: bool


def asked_of(person: Any, record: models.Model) -> list[Asked]:
    """The questionnaires that asked this record, the latest first, each with the record's score
    where enough of its people have answered."""
    key = about_key(record)
    found = list(
        Questionnaire.objects.live()
        .filter(Q(pk__in=Invitation.objects.filter(**key).values("questionnaire")))
        .exclude(status=Questionnaire.Status.DRAFT)
        .order_by("-sent_at", "-pk")
    )
    invited = _numbers(Invitation.objects.filter(**key))
    answered: dict[int, list[Decimal | None]] = defaultdict(list)
    for one, score in Response.objects.filter(**key).values_list("questionnaire_id", "score"):
        answered[one].append(score)
    readable = access.seen([(person, Questionnaire, [one.pk for one in found])])
    return [
        Asked(
            one,
            invited[one.pk],
            len(answered[one.pk]),
            _told(one, answered[one.pk]),
            (person.pk, Questionnaire, one.pk) in readable,
        )
        for one in found
    ]


def _numbers(rows: QuerySet) -> Counter[int]:
    counted = rows.order_by().values_list("questionnaire").annotate(n=Count("pk"))
    return Counter(dict(counted))


def _told(one: Questionnaire, scores: Sequence[Decimal | None]) -> Decimal | None:
    given = [score for score in scores if score is not None]
    return rounded(mean(given)) if one.is_over and len(given) >= one.least else None


def visible_labels(person: Any, invitations: Iterable[Invitation]) -> set[int]:
    """Of which of these invitations the person sees the record: their ids."""
    asked: dict[type[models.Model], list[Any]] = defaultdict(list)
    kinds: dict[int, type[models.Model] | None] = {}
    invitations = list(invitations)
    for one in invitations:
        if one.about_type_id not in kinds:
            kind = ContentType.objects.get_for_id(one.about_type_id)
            kinds[one.about_type_id] = kind.model_class()
        if model := kinds[one.about_type_id]:
            asked[model].append(one.about_id)
    seen = access.seen((person, model, ids) for model, ids in asked.items())
    return {
        one.pk for one in invitations if (person.pk, kinds[one.about_type_id], one.about_id) in seen
    }


def days_asked(model: type[models.Model], ids: Any) -> list[tuple[int, datetime]]:
    """Which of these records of one kind were asked when, by questionnaires that were sent."""
    kind = ContentType.objects.get_for_model(model)
    rows = Invitation.objects.live().filter(about_type=kind, about_id__in=ids)
    sent = rows.exclude(questionnaire__sent_at=None).order_by("questionnaire__sent_at")
    return list(sent.values_list("about_id", "questionnaire__sent_at"))


def asked_contact(record: models.Model, contact: int) -> QuerySet[Invitation]:
    """The invitations of one person within a record."""
    rows = Invitation.objects.live().filter(contact=contact, **about_key(record))
    return rows.select_related("questionnaire").order_by("pk")
