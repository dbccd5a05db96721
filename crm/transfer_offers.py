"""Which lists of this app are imported into and exported."""

from crm.models import Client, Contract, Lead, Obligation, Opportunity, Visit
from crm.tables import CLIENTS
from crm.tables_contracts import CONTRACTS, OBLIGATIONS
from crm.tables_leads import LEADS, OPPORTUNITIES
from crm.tables_visits import VISITS
from crm.transfer import ClientImporter
from expansion.transfer.registry import add_export, add_importer

add_importer(ClientImporter())
add_export(CLIENTS, Client.objects.live)
add_export(LEADS, Lead.objects.live)
add_export(OPPORTUNITIES, Opportunity.objects.live)
add_export(VISITS, Visit.objects.live)
add_export(CONTRACTS, Contract.objects.live)
add_export(OBLIGATIONS, lambda: Obligation.objects.filter(contract__deleted_at=None))
