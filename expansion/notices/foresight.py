"""Who will begin and stop to act for whom: both sides and the department are told (R-exp-04). Of
which cases people will be reminded (R-exp-11)."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from expansion import offers
from expansion.notices import cases
from expansion.offers import Firing
from expansion.people.models import Mandate
from expansion.rulebook.schema import Rules


def mandates(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """Everybody knows who stands in for whom, so these two are named."""
    clause = rules.delegation.delegate.clause or ""
    within = Q(starts_at__range=(start, end)) | Q(ends_at__range=(start, end))
    standing = Mandate.objects.filter(within, revoked_at=None)
    for one in standing.select_related("principal", "delegate").order_by("starts_at", "pk"):
        words = {"delegate": one.delegate, "principal": one.principal}
        for at, what in (
            (one.starts_at, _("%(delegate)s begins to act for %(principal)s")),
            (one.ends_at, _("%(delegate)s stops acting for %(principal)s")),
        ):
            if start <= at < end:
                yield Firing(at, what % words, "", clause)


offers.add(
    offers.Foresight("notices.mandates", 15, mandates),
    offers.Foresight("notices.cases", 45, cases.foresee),
)
