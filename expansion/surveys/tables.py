"""The list of questionnaires, and the answers to one of them question by question."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expansion.rulebook.selectors import rules_on
from expansion.surveys.models import Question, Questionnaire
from expansion.surveys.selectors import Tally, audiences, results, with_counts
from expansion.ui import formats
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge

Status = Questionnaire.Status
TONES = {
    Status.DRAFT: "neutral",
    Status.SENT: "info",
    Status.CLOSED: "due",
    Status.REPORTED: "done",
}


def status_words(record: Questionnaire) -> str:
    if record.status == Status.CLOSED:
        return gettext("closed, to be reported")
    return str(record.get_status_display())


def status_badge(record: Questionnaire) -> SafeString:
    return badge(TONES[Status(record.status)], status_words(record))


def asked(person: Any) -> list[tuple[str, Any]]:
    return audiences(rules_on())


def audience_labels() -> Callable[[Questionnaire], str]:
    known = dict(asked(None))
    return lambda record: str(known.get(record.audience, record.audience))


def returned(record: Any) -> str:
    return f"{record.answered} / {record.invited}"


def score_words(record: Questionnaire) -> str:
    """The score, or why there is none."""
    if record.score is not None:
        return formats.number(record.score, 2)
    return gettext("too few answers") if record.is_over else ""


SURVEYS = Listing(
    key="surveys.questionnaires",
    model=Questionnaire,
    label=_("Satisfaction surveys"),
    name=_("Title"),
    url=lambda record: f"/surveys/{record.pk}",
    columns=[
        Column(
            "status", _("Status"), status_words, sort="status", cell=status_badge, phone="beside"
        ),
        Column(
            "audience",
            _("Who is asked"),
            lambda record: audience_labels()(record),
            many=audience_labels,
        ),
        Column("answered", _("Answered"), returned, phone="line"),
        Column(
            "score",
            _("Score"),
            lambda record: record.score,
            "number",
            sort="score",
            cell=score_words,
            phone="line",
        ),
        Column(
            "valid_until",
            _("Answers until"),
            lambda record: record.valid_until,
            "date",
            sort="valid_until",
            phone="line",
        ),
        Column("owner", _("Run by"), lambda record: record.owner.name, sort="owner__name"),
        Column("team", _("Team"), lambda record: record.team.name, sort="team__order", shown=False),
        Column(
            "closed_at",
            _("Closed"),
            lambda record: record.closed_at,
            "moment",
            sort="closed_at",
            shown=False,
        ),
    ],
    filters=[
        Filter(
            "status",
            _("Status"),
            lambda person: Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        Filter(
            "audience",
            _("Who is asked"),
            asked,
            lambda records, key: records.filter(audience=key),
        ),
    ],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView(
            "open",
            _("Open for answers"),
            lambda records, person: records.filter(status=Status.SENT),
        ),
        SavedView(
            "report",
            _("To be reported"),
            lambda records, person: records.filter(status=Status.CLOSED),
        ),
    ],
    search=lambda records, text: records.filter(
        Q(title__icontains=text) | Q(owner__search__icontains=text)
    ),
    search_hint=_("Title, who runs it"),
    order=("-pk",),
    prepare=lambda records: with_counts(records.select_related("owner", "team")),
)


class _Tallies:
    """The tally of a question, read once per questionnaire."""

    def __init__(self) -> None:
        self._known: dict[int, dict[int, Tally]] = {}

    def __call__(self, question: Question) -> Tally | None:
        held = question.questionnaire
        if held.pk not in self._known:
            found = results(held).tallies
            self._known[held.pk] = {one.question.pk: one for one in found}
        return self._known[held.pk].get(question.pk)


def _read(words: Callable[[Tally], Any]) -> Callable[[], Callable[[Question], Any]]:
    """A column of a tally; empty where too few have answered."""

    def many() -> Callable[[Question], Any]:
        tallies = _Tallies()

        def of(question: Question) -> Any:
            tally = tallies(question)
            return words(tally) if tally and tally.enough else ""

        return of

    return many


def _of_one(words: Callable[[Tally], Any]) -> Callable[[Question], Any]:
    return lambda question: _read(words)()(question)


def _shares(tally: Tally) -> str:
    colon = gettext(": ")
    return gettext("; ").join(f"{one.label}{colon}{one.count}" for one in tally.shares)


def _texts(tally: Tally) -> str:
    return "\n".join(tally.texts)


def _tally_column(key: str, label: Any, words: Callable[[Tally], Any], **more: Any) -> Column:
    return Column(key, label, _of_one(words), many=_read(words), **more)


# Only as a workbook: the page draws the same answers.
ANSWERS = Listing(
    key="surveys.answers",
    model=Question,
    label=_("Answers to a survey"),
    name=_("Question"),
    url=lambda question: question.get_absolute_url(),
    columns=[
        Column("kind", _("Kind of answer"), lambda one: str(one.get_kind_display())),
        Column(
            "counts",
            _("Counts towards the score"),
            lambda one: gettext("yes") if one.counts else gettext("no"),
        ),
        _tally_column("count", _("Answers"), lambda tally: tally.count, kind="number"),
        _tally_column("mean", _("Mean"), lambda tally: tally.mean, kind="number"),
        _tally_column("shares", _("How often each"), _shares, width=40),
        _tally_column("texts", _("In their words"), _texts, width=60),
    ],
    order=("order", "pk"),
    prepare=lambda records: records.select_related("questionnaire"),
)


def answers_of(record: Questionnaire) -> QuerySet[Question]:
    return record.questions.select_related("questionnaire")
