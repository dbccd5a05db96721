"""The menu entries of this app."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.models import Participant, Stage
from expansion import offers
from expansion.people.models import Role

APPRAISED = (Role.MANAGER, Role.DEPUTY, Role.LEADER, Role.MEMBER)


def waiting(person: Any) -> int:
    """How many appraisals wait for this person's hand."""
    own = Q(owner=person) & (
        Q(stage=Stage.SELF_REVIEW) | Q(stage=Stage.FEEDBACK, result__acknowledged_at=None)
    )
    others = Q(superior=person, stage=Stage.EVALUATION)
    return Participant.objects.filter(own | others).count()


offers.add(
    offers.NavItem(
        "scores",
        "appraisal",
        _("Scores and appeals"),
        "appraisal:mine",
        "trophy",
        10,
        lambda person: person.holds(*APPRAISED, Role.HR, Role.LEADERSHIP),
        waiting,
    ),
    private=True,
)
