"""Who takes part in a cycle that is open already (R-apr-03)."""

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal.circles import Circles
from appraisal.models import Cycle, Participant, Result, Stage
from appraisal.roster import appraised
from appraisal.services.cycles import participant_of
from appraisal.services.freezing import write_figures
from appraisal.services.rollup import ask_for_self_reviews, read_metrics
from appraisal.services.steps import allow, expect, follow, locked_cycle
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.records import lock


@transaction.atomic
def take_in(*, actor: User, record: Cycle, person: User, reason: str) -> Participant:
    """Takes somebody in who was left out when the cycle opened; manager or HR do it.

    Where the figures stand already, this person's are frozen now, and nobody else's move.

    Raises:
        NotNow: a score is fixed, or figures that stand rest on those of several people.
        Invalid: there is nothing to appraise the person by, or the person takes part already.
    """
    allow(actor, "open", record)
    cycle = _open(record)
    found = [one for one in appraised(cycle.rules, cycle.end) if one.person.pk == person.pk]
    if not found:
        raise Invalid(fields={"person": [_("Held no post on the period's last day, or has left.")]})
    if cycle.participants.filter(owner=person).exists():
        raise Invalid(fields={"person": [_("Takes part already.")]})
    participant = participant_of(cycle, found[0])
    participant.save()
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="appraisal.participant.added", about=participant, changes=changes)
    if cycle.frozen_at:
        _must_stand_alone(participant)
        write_figures(cycle, [participant], read_metrics(cycle, [participant]))
        participant.stage = Stage.SELF_REVIEW
        participant.save(update_fields=["stage"])
        ask_for_self_reviews(cycle, [participant])
    follow(cycle)
    return participant


@transaction.atomic
def take_out(*, actor: User, record: Participant, reason: str) -> Cycle:
    """Takes somebody out who is not to be appraised this time, and tells the person why.

    What was counted goes with it, and a draft; the trail keeps who, by whom and why. Returns the
    cycle.

    Raises:
        Forbidden: it is the own appraisal.
        NotNow: a form of the person is handed in, a score is fixed, or figures that stand rest on
            those of several people.
        Gone: somebody has taken the person out already.
    """
    allow(actor, "open", record.cycle)
    if record.owner_id == actor.pk:
        raise Forbidden(_("Nobody takes the own appraisal out. Ask the manager or HR."))
    cycle = _open(record.cycle)
    participant = lock(cycle.participants.select_related("owner"), record.pk)
    if participant.reviews.exclude(submitted_at=None).exists():
        raise NotNow(_("A form of this person is handed in already: the appraisal goes on."))
    if cycle.frozen_at:
        _must_stand_alone(participant)
    changes = {"person": [participant.owner.name, None], "reason": [None, reason]}
    write(actor=actor, verb="appraisal.participant.removed", about=participant, changes=changes)
    _tell_who_is_out(participant, reason)
    participant.reviews.all().delete()
    participant.lines.all().delete()
    participant.delete()
    follow(cycle)
    return cycle


def _open(record: Cycle) -> Cycle:
    """The cycle, held, while nothing of its outcome is settled."""
    cycle = locked_cycle(record)
    expect(cycle, Stage.COLLECTING, Stage.SELF_REVIEW, Stage.EVALUATION, Stage.REVIEW)
    if Result.objects.filter(participant__cycle=cycle).exclude(finalized_at=None).exists():
        raise NotNow(_("A score of this cycle is fixed: who takes part stays as it is."))
    return cycle


def _must_stand_alone(participant: Participant) -> None:
    """Refuses where a head's frozen figures count this person's records, or the other way round."""
    cycle = participant.cycle
    everyone = list(cycle.participants.values_list("owner_id", "team_id", "kpi_set"))
    circles = Circles(cycle.rules, everyone)
    for held in everyone:
        circle = circles.of(*held)
        if len(circle) > 1 and (participant.owner_id in circle or held[0] == participant.owner_id):
            raise NotNow(
                _("Frozen figures count this person's records with others': reopen first.")
            )


def _tell_who_is_out(participant: Participant, reason: str) -> None:
    title = gettext_lazy("You do not take part in the appraisal {cycle}")
    tell(
        people=[participant.owner],
        kind="appraisal.self_review",
        title=format_lazy(title, cycle=participant.cycle),
        text=reason,
        url=reverse("appraisal:mine"),
        key=f"appraisal.out:{participant.pk}",
    )
