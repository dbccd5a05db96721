"""What somebody who leaves holds of this room (R-exp-19)."""

from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.office.models import IpRight, Opening, PublicMatter, Statement

LOOKED_FOR = (Opening.Status.DRAFT, Opening.Status.OPEN)

offers.add(
    offers.Holding(
        "office.statements",
        _("external statements"),
        80,
        lambda person: Statement.objects.underway().filter(owner=person),
    ),
    offers.Holding(
        "office.matters",
        _("public matters to follow up"),
        81,
        lambda person: PublicMatter.objects.live().filter(owner=person).exclude(follow_up_on=None),
    ),
    offers.Holding(
        "office.rights",
        _("rights that expire"),
        82,
        lambda person: IpRight.objects.live().filter(recorded_by=person).exclude(expires_on=None),
        owner="recorded_by",
        team="",
    ),
    offers.Holding(
        "office.openings",
        _("openings"),
        90,
        lambda person: Opening.objects.filter(owner=person, status__in=LOOKED_FOR),
    ),
)
