"""The API of the client desk."""

from crm.api.authority import EscalationView
from crm.api.clients import ClientView, ContactView, PointView
from crm.api.contracts import ContractView, ObligationView
from crm.api.leads import LeadView, OpportunityView
from crm.api.visits import CommunicationView, VisitView
from expansion.api import routes

urlpatterns = routes(
    "crm",
    {
        "clients": ClientView,
        "contacts": ContactView,
        "points": PointView,
        "leads": LeadView,
        "opportunities": OpportunityView,
        "visits": VisitView,
        "communications": CommunicationView,
        "contracts": ContractView,
        "obligations": ObligationView,
        "escalations": EscalationView,
    },
)
