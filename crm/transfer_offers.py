"""Which lists of the client desk are imported into and exported; contracts offer their own."""

from crm.models import Client, Lead, Opportunity, Visit
from crm.tables import CLIENTS
from crm.tables_leads import LEADS, OPPORTUNITIES
from crm.tables_visits import VISITS
from crm.transfer import ClientImporter
from expansion.transfer.registry import add_export, add_importer

add_importer(ClientImporter())
add_export(CLIENTS, Client.objects.live)
add_export(LEADS, Lead.objects.live)
add_export(OPPORTUNITIES, Opportunity.objects.live)
add_export(VISITS, Visit.objects.live)
