"""The menu entries of this app."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.models import Participant, Stage
from appraisal.selectors import appeals_known_today
from expansion import offers
from expansion.people.models import Role

WORDS = {True: ("scores", _("Scores and appeals")), False: ("scores.alone", _("Scores"))}
APPRAISED = (Role.MANAGER, Role.DEPUTY, Role.LEADER, Role.MEMBER)


def waiting(person: Any) -> int:
    """How many appraisals wait for this person's hand."""
    own = Q(owner=person) & (
        Q(stage=Stage.SELF_REVIEW) | Q(stage=Stage.FEEDBACK, result__acknowledged_at=None)
    )
    others = Q(superior=person, stage=Stage.EVALUATION)
    return Participant.objects.filter(own | others).count()


def entry(appeals: bool) -> offers.NavItem:
    """The menu promises appeals where the regulation in force knows them, and only there."""
    key, label = WORDS[appeals]
    return offers.NavItem(
        key,
        "appraisal",
        label,
        "appraisal:mine",
        "trophy",
        10,
        lambda person: (
            person.holds(*APPRAISED, Role.HR, Role.LEADERSHIP) and appeals_known_today() is appeals
        ),
        waiting,
    )


offers.add(entry(True), entry(False), private=True)
