"""What somebody who leaves holds of clients and all that hangs on them (R-exp-19)."""

from django.utils.translation import gettext_lazy as _

from crm.models import Client, Contract, Lead, Opportunity, Visit
from expansion import offers

offers.add(
    offers.Holding(
        "crm.clients", _("clients"), 10, lambda person: Client.objects.live().filter(owner=person)
    ),
    offers.Holding(
        "crm.leads",
        _("open leads"),
        20,
        lambda person: Lead.objects.live().open().filter(owner=person),
        goes_with=("crm.clients", "client"),
    ),
    offers.Holding(
        "crm.opportunities",
        _("opportunities"),
        30,
        lambda person: Opportunity.objects.live().open().filter(owner=person),
        goes_with=("crm.clients", "client"),
    ),
    offers.Holding(
        "crm.contracts",
        _("contracts"),
        40,
        lambda person: Contract.objects.live().in_force_or_to_come().filter(owner=person),
        goes_with=("crm.clients", "client"),
    ),
    offers.Holding(
        "crm.visits",
        _("planned visits"),
        50,
        lambda person: (
            Visit.objects.live()
            .planned()
            .filter(visitor=person, arrived_at=None)
            .select_related("client")
        ),
        owner="visitor",
        team="",
        goes_with=("crm.clients", "client"),
    ),
)
