"""A self-review or a superior's evaluation on paper (R-apr-04, R-apr-05)."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db import transaction

from appraisal import scoring
from appraisal.desk import explaining
from appraisal.desk.score import ScorePage, unit
from appraisal.models import Participant, Review
from expansion import access
from expansion.audit.services import write
from expansion.people.models import User
from expansion.rounding import two_places
from expansion.rulebook.scoring import Indicator, Part
from expansion.transfer.pdf import pdf
from expansion.ui import formats


@transaction.atomic
def export_form(*, actor: User, record: Review) -> bytes:
    """The form as PDF, with the figures that its reader may see; who printed it stands in the trail
    and at its foot.

    Raises:
        Gone: the form is not visible to this person.
        Missing: this machine cannot make PDF.
    """
    form = access.find(actor, Review.objects.select_related("by", "for_person"), record.pk)
    access.require_take(actor, form)
    participant = Participant.objects.complete().get(pk=form.participant_id)
    entry = write(actor=actor, verb="appraisal.review.exported", about=form)
    return pdf(
        "appraisal/review_pdf.html",
        {
            "form": form,
            "record": participant,
            "rows": _rows(ScorePage(actor, participant, {}), form),
            "export": entry,
            "reader": actor,
            # Paper stays: it says the whole day.
            "printed": f"{formats.day_as('full', entry.at)} {formats.clock(entry.at)}",
        },
    )


def _rows(page: ScorePage, form: Review) -> Iterator[dict[str, Any]]:
    """Each indicator of the form: what the records say of it, and what the form does."""
    given = {rating.indicator: rating for rating in form.ratings.all()}
    for one in scoring.indicators(page.rules, page.kpi_set):
        rating = given.get(one.key)
        counted = [
            (part, line)
            for part in one.how
            if (line := page.figures.get((one.key, part.key))) and not line.rated
        ]
        yield {
            "indicator": one,
            "weight": explaining.plain(one.weight.value),
            "actual": _together((part, line.value) for part, line in counted),
            "target": _together((part, line.target) for part, line in counted),
            "score": rating and rating.score if one.is_rated else _computed(page, one),
            "comment": rating.comment if rating else "",
        }


def _together(values: Iterable[tuple[Part, Decimal | None]]) -> str:
    words = [f"{explaining.read(value)}{unit(part)}" for part, value in values if value is not None]
    return " · ".join(words)


def _computed(page: ScorePage, indicator: Indicator) -> Decimal | None:
    score = scoring.indicator_score(indicator, page.figures)
    return None if score is None else two_places(score)
