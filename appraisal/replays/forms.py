"""Forms of an appraisal under a draft: which would have been late (A-5.4.1, A-5.4.2)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from appraisal.models import Participant, Review
from expansion import clock, offers, worktime
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.ui import deadlines
from expansion.worktime import Period


def forms(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every self-review and superior's evaluation of the cycles that ended in the period, by the
    draft's limits from the moment the cycle was opened (A-5.4.1, A-5.4.2)."""
    calendar, ours = rules.working_time.as_calendar(), rules.appraisal
    limits = {
        Review.Party.SELF: ours.self_due.value,
        Review.Party.SUPERIOR: ours.evaluation_due.value,
    }
    begun = Participant.objects.filter(
        cycle__opened_at__isnull=False, cycle__end__range=(period.start, period.end)
    )
    in_order = begun.select_related("owner", "cycle").order_by("-cycle__end", "pk")
    for one in in_order.prefetch_related("reviews"):
        submitted = {review.party: review.submitted_at for review in one.reviews.all()}
        stored = {
            Review.Party.SELF: one.cycle.self_due_at,
            Review.Party.SUPERIOR: one.cycle.evaluation_due_at,
        }
        for party, limit in limits.items():
            due = worktime.deadline(one.cycle.opened_at, limit, calendar)
            done = submitted.get(party)
            note = f"{party.label} · {_due_words(due)}" if due else str(party.label)
            yield Replayed(one, _standing(done, stored[party]), _standing(done, due), note)


def _due_words(due: datetime) -> str:
    return _("due %(when)s") % {"when": deadlines.moment(due)}


def _standing(done: datetime | None, due: datetime | None) -> str:
    if done is None:
        running = due is None or due >= clock.now()
        return _("still to hand in") if running else _("not handed in")
    late = due is not None and done > due
    return _("handed in late") if late else _("handed in in time")


offers.add(
    offers.Replay(
        "appraisal.forms",
        lazy("Forms of the appraisal"),
        15,
        forms,
        reads=("appraisal.self_due", "appraisal.evaluation_due", "working_time"),
    ),
    private=True,
)
