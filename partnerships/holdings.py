"""What somebody who leaves holds of cooperation (R-exp-19)."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from partnerships.models import Milestone, Project

offers.add(
    offers.Holding(
        "partnerships.projects",
        _("projects"),
        70,
        lambda person: Project.objects.live().open().filter(owner=person),
    ),
    offers.Holding(
        "partnerships.milestones",
        _("milestones"),
        75,
        lambda person: Milestone.objects.running().filter(owner=person),
        team="",
    ),
)
