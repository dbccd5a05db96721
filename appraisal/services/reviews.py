"""Self-review and superior's evaluation: drafts, then submitted and locked (A-5.4.1, A-5.4.2)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import arithmetic
from appraisal.access import SUPERIOR, acting_for
from appraisal.models import Line, Participant, Rating, Review, Stage
from appraisal.scoring import SIX_PLACES, indicators
from appraisal.services.results import compute_results
from appraisal.services.steps import expect, locked, move, principal
from expansion import access, worktime
from expansion.audit.services import write, write_many
from expansion.errors import Invalid, NotNow, Stale
from expansion.notices.services import tell
from expansion.people.models import User

TEXTS = ("achievements", "problems", "plan")

# What a form says: {indicator key: {"score": Decimal or None, "comment": text}}.
Ratings = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def save_self_review(
    *,
    actor: User,
    record: Participant,
    ratings: Ratings,
    submit: bool = False,
    version: int | None = None,
    **texts: str,
) -> Participant:
    """Keeps the person's own draft; with `submit` it is locked and goes to the superior.

    Nobody else writes it, whatever their role (R-apr-04). Handed in after the limit it is taken
    and marked late, until the superior has submitted.

    Raises:
        Forbidden: it is somebody else's.
        NotNow: it is submitted, or the evaluation is.
        Invalid: a rated indicator has no score on submission, or a computed one has.
        Stale: another window has saved it since `version`, which is 0 before the first draft.
    """
    access.require(actor, "self_review", record)
    participant = locked(record)
    written_now(participant, Review.Party.SELF)
    review = _draft(participant, Review.Party.SELF, actor, version)
    _write_form(review, participant, ratings, texts, submit)
    if submit:
        due = participant.cycle.self_due_at
        review.late = due is not None and worktime.now() > due
        _submit(review, actor)
        move(participant, Stage.EVALUATION)
        _tell_superior(participant)
    else:
        _record_draft(review, actor)
    return participant


@transaction.atomic
def save_evaluation(
    *,
    actor: User,
    record: Participant,
    ratings: Ratings,
    submit: bool = False,
    version: int | None = None,
    **texts: str,
) -> Participant:
    """Keeps the superior's draft; with `submit` it is locked and the score is computed.

    Computed indicators can be commented on, not changed (R-apr-05).

    Raises:
        Forbidden: the actor is not the superior.
        NotNow: the self-review is still open and in time, or the evaluation is submitted.
        Invalid: a rated indicator has no score on submission, or a computed one has.
        Stale: another window has saved it since `version`.
    """
    access.require(actor, "evaluate", record)
    participant = locked(record)
    written_now(participant, Review.Party.SUPERIOR)
    review = _draft(participant, Review.Party.SUPERIOR, actor, version)
    review.for_person = principal(acting_for(actor, participant, SUPERIOR))
    _write_form(review, participant, ratings, texts, submit)
    if submit:
        due = participant.cycle.evaluation_due_at
        review.late = due is not None and worktime.now() > due
        _submit(review, actor)
        _fill_rated_lines(participant)
        move(participant, Stage.REVIEW)
        compute_results([participant])
    else:
        _record_draft(review, actor)
    return participant


def written_now(participant: Participant, party: str) -> None:
    """Refuses where the form of this party cannot be written yet, or not any more."""
    own = (Stage.SELF_REVIEW, Stage.EVALUATION)
    expect(participant, *(own if party == Review.Party.SELF else (Stage.EVALUATION,)))


def _draft(participant: Participant, party: str, actor: User, version: int | None) -> Review:
    review = Review.objects.filter(participant=participant, party=party).first()
    review = review or Review(participant=participant, party=party, by=actor)
    if review.submitted:
        raise NotNow(_("This form is submitted and locked."))
    kept = review.version if review.pk else 0
    if version is not None and version != kept:
        raise Stale(_("This form was saved in another window. Your entries are still here."))
    review.by = actor
    return review


def _write_form(
    review: Review,
    participant: Participant,
    ratings: Ratings,
    texts: Mapping[str, str],
    submit: bool,
) -> None:
    known = {one.key: one for one in indicators(participant.cycle.rules, participant.indicators)}
    _check_ratings(known, ratings, submit)
    for name in TEXTS:
        setattr(review, name, texts.get(name, getattr(review, name)))
    review.version = review.version + 1 if review.pk else 1
    review.save()
    Rating.objects.bulk_create(
        [
            Rating(
                review=review,
                indicator=key,
                score=given.get("score"),
                comment=given.get("comment", "").strip(),
            )
            for key, given in ratings.items()
        ],
        update_conflicts=True,
        unique_fields=["review", "indicator"],
        update_fields=["score", "comment"],
    )


def _check_ratings(known: Mapping[str, Any], ratings: Ratings, submit: bool) -> None:
    wrong: dict[str, list[str]] = {}
    for key, given in ratings.items():
        sentence = _wrong_rating(known.get(key), given.get("score"))
        if sentence:
            wrong[f"score_{key}"] = [sentence]
    if submit:
        for key, one in known.items():
            if one.is_rated and ratings.get(key, {}).get("score") is None:
                wrong.setdefault(f"score_{key}", [_("Give a score from 0 to 100.")])
    if wrong:
        raise Invalid(fields=wrong)


def _wrong_rating(indicator: Any, score: Decimal | None) -> str:
    if indicator is None:
        return _("This indicator is not part of the form.")
    if score is None:
        return ""
    if not indicator.is_rated:
        return _("This indicator is computed from records. You may comment on it.")
    if not (score.is_finite() and 0 <= score <= 100):
        return _("Give a score from 0 to 100.")
    return ""


def _submit(review: Review, actor: User) -> None:
    review.submitted_at = worktime.now()
    review.save()
    write(
        actor=actor,
        verb=f"appraisal.{review.party}_review.submitted",
        about=review.participant,
        for_person=review.for_person,
        changes={"late": [None, review.late]},
    )


def _record_draft(review: Review, actor: User) -> None:
    """How far a form has come; what it says is nobody else's before it is submitted."""
    rated = review.ratings.exclude(score=None).count()
    write(
        actor=actor,
        verb=f"appraisal.{review.party}_review.saved",
        about=review.participant,
        for_person=review.for_person,
        changes={"rated": [None, rated]},
    )


def _fill_rated_lines(participant: Participant) -> None:
    """The rated parts take the parties' ratings by their shares (reading 3)."""
    given: dict[str, dict[str, Decimal | None]] = {}
    ratings = Rating.objects.filter(
        review__participant=participant, review__submitted_at__isnull=False
    ).select_related("review")
    for rating in ratings:
        given.setdefault(rating.indicator, {})[rating.review.party] = rating.score
    parties = participant.cycle.rules.parties(participant.cycle.kind)
    for line in Line.objects.filter(participant=participant, rated=True, corrected_by=None):
        score = arithmetic.party_score(given.get(line.indicator, {}), parties)
        if score is not None:
            exact = Decimal(score.numerator) / Decimal(score.denominator)
            line.value = exact.quantize(SIX_PLACES)
            line.save(update_fields=["value"])


def _tell_superior(participant: Participant) -> None:
    if participant.superior is None:
        return
    tell(
        people=[participant.superior],
        kind="appraisal.evaluation",
        title=format_lazy(
            gettext_lazy("{person} has submitted the self-review for {cycle}"),
            person=participant.owner,
            cycle=participant.cycle,
        ),
        url=f"{participant.get_absolute_url()}/evaluation",
        about=participant,
        key=f"appraisal.evaluation:{participant.pk}",
    )


@transaction.atomic
def go_on_without_self_review(cycle_pk: int) -> int:
    """After the limit the superiors need not wait; a late self-review is still taken.

    Returns how many people moved on.
    """
    open_ones = list(
        Participant.objects.complete()
        .select_for_update(of=("self",))
        .filter(cycle=cycle_pk, stage=Stage.SELF_REVIEW, cycle__self_due_at__lt=worktime.now())
    )
    for one in open_ones:
        move(one, Stage.EVALUATION)
    changes = {"stage": [Stage.SELF_REVIEW, Stage.EVALUATION]}
    write_many(
        actor=None,
        verb="appraisal.participant.moved",
        changed=[(one, changes) for one in open_ones],
    )
    return len(open_ones)
