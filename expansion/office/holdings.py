"""What somebody who leaves holds of this room (R-exp-19)."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.office.models import Opening

LOOKED_FOR = (Opening.Status.DRAFT, Opening.Status.OPEN)

offers.add(
    offers.Holding(
        "office.openings",
        _("openings"),
        90,
        lambda person: Opening.objects.filter(owner=person, status__in=LOOKED_FOR),
    ),
)
