"""A self-review or a superior's evaluation on paper (R-apr-04, R-apr-05)."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from appraisal import scoring
from appraisal.desk import explaining
from appraisal.desk.score import ScorePage
from appraisal.models import Participant, Review
from expansion import access, clock
from expansion.audit.services import write
from expansion.people.models import User
from expansion.transfer.pdf import pdf


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
            "printed_at": clock.now(),
        },
    )


def _rows(page: ScorePage, form: Review) -> Iterator[dict[str, Any]]:
    """Each indicator of the form: what the records say of it, or what the form does."""
    figures = {row.get("key"): row for block in page.blocks for row in block["rows"]}
    given = {rating.indicator: rating for rating in form.ratings.all()}
    for one in scoring.indicators(page.rules, page.kpi_set):
        yield {
            "indicator": one,
            "weight": explaining.plain(one.weight.value),
            "figure": None if one.is_rated else figures.get(one.key),
            "given": given.get(one.key),
        }
