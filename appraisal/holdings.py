"""Whose appraisals somebody who leaves has to write (R-exp-19)."""

from django.utils.translation import gettext_lazy as _

from appraisal.models import Participant, Stage
from expansion import offers

BEFORE_THE_RESULT = (Stage.COLLECTING, Stage.SELF_REVIEW, Stage.EVALUATION)

offers.add(
    offers.Holding(
        "appraisal.evaluations",
        _("appraisals to write"),
        80,
        lambda person: Participant.objects.filter(superior=person, stage__in=BEFORE_THE_RESULT),
        owner="superior",
        team="",
    ),
    private=True,
)
