"""What somebody who leaves holds of research (R-exp-19)."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from research.models import ResearchPlan, ResearchReport

PLANS_OVER = (ResearchPlan.Status.FINISHED, ResearchPlan.Status.REJECTED)
REPORTS_OVER = (ResearchReport.Status.DISTRIBUTED, ResearchReport.Status.REJECTED)

offers.add(
    offers.Holding(
        "research.plans",
        _("research plans"),
        60,
        lambda person: (
            ResearchPlan.objects.live().filter(owner=person).exclude(status__in=PLANS_OVER)
        ),
    ),
    offers.Holding(
        "research.reports",
        _("research reports"),
        65,
        lambda person: (
            ResearchReport.objects.live().filter(owner=person).exclude(status__in=REPORTS_OVER)
        ),
    ),
)
