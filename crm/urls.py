from django.urls import include, path

from crm.views import clients, leads, opportunities, personal, visits

app_name = "crm"

CLIENTS = [
    path("clients/", clients.ClientList.as_view(), name="client-list"),
    path("clients/new", clients.ClientCreate.as_view(), name="client-create"),
    path("clients/pick", clients.ClientPick.as_view(), name="client-pick"),
    path("clients/reassign", clients.ClientsReassign.as_view(), name="clients-reassign"),
    path("clients/delete", clients.ClientsDelete.as_view(), name="clients-delete"),
    path("clients/<int:pk>", clients.ClientDetail.as_view(), name="client"),
    path("clients/<int:pk>/edit", clients.ClientEdit.as_view(), name="client-edit"),
    path("clients/<int:pk>/reassign", clients.ClientReassign.as_view(), name="client-reassign"),
    path("clients/<int:pk>/delete", clients.ClientDelete.as_view(), name="client-delete"),
    path(
        "clients/<int:pk>/next-contact",
        clients.ClientNextContact.as_view(),
        name="client-next-contact",
    ),
    path("clients/<int:pk>/contacts/new", clients.ContactAdd.as_view(), name="contact-create"),
    path("contacts/<int:pk>/edit", clients.ContactEdit.as_view(), name="contact-edit"),
    path("contacts/<int:pk>/remove", clients.ContactRemove.as_view(), name="contact-remove"),
    path("contacts/<int:pk>/erase", personal.ContactErase.as_view(), name="contact-erase"),
    path(
        "contacts/<int:pk>/report/<str:file_format>",
        personal.ContactReport.as_view(),
        name="contact-report",
    ),
    path("points/<int:pk>/reveal", clients.PointReveal.as_view(), name="point-reveal"),
    path("communications/new", visits.CommunicationCreate.as_view(), name="communication-create"),
]

LEADS = [
    path("leads/", leads.LeadList.as_view(), name="lead-list"),
    path("leads/new", leads.LeadCreate.as_view(), name="lead-create"),
    path("leads/<int:pk>", leads.LeadDetail.as_view(), name="lead"),
    path("leads/<int:pk>/edit", leads.LeadEdit.as_view(), name="lead-edit"),
    path("leads/<int:pk>/mark", leads.LeadMark.as_view(), name="lead-mark"),
    path("leads/<int:pk>/overrule", leads.LeadOverrule.as_view(), name="lead-overrule"),
    path("leads/<int:pk>/close", leads.LeadClose.as_view(), name="lead-close"),
    path("leads/<int:pk>/reopen", leads.LeadReopen.as_view(), name="lead-reopen"),
    path("leads/<int:pk>/convert", leads.LeadConvert.as_view(), name="lead-convert"),
]

OPPORTUNITIES = [
    path("opportunities/", opportunities.OpportunityList.as_view(), name="opportunity-list"),
    path("opportunities/board", opportunities.Board.as_view(), name="board"),
    path("opportunities/new", opportunities.OpportunityCreate.as_view(), name="opportunity-create"),
    path("opportunities/<int:pk>", opportunities.OpportunityDetail.as_view(), name="opportunity"),
    path(
        "opportunities/<int:pk>/edit",
        opportunities.OpportunityEdit.as_view(),
        name="opportunity-edit",
    ),
    path(
        "opportunities/<int:pk>/move",
        opportunities.OpportunityMove.as_view(),
        name="opportunity-move",
    ),
    path(
        "opportunities/<int:pk>/win", opportunities.OpportunityWin.as_view(), name="opportunity-win"
    ),
    path(
        "opportunities/<int:pk>/lose",
        opportunities.OpportunityLose.as_view(),
        name="opportunity-lose",
    ),
    path(
        "opportunities/<int:pk>/reopen",
        opportunities.OpportunityReopen.as_view(),
        name="opportunity-reopen",
    ),
]

VISITS = [
    path("visits/", visits.VisitList.as_view(), name="visit-list"),
    path("visits/week", visits.VisitWeek.as_view(), name="visit-week"),
    path("visits/new", visits.VisitCreate.as_view(), name="visit-create"),
    path("visits/plan", visits.VisitPlan.as_view(), name="visit-plan"),
    path("visits/position-consent", visits.Consent.as_view(), name="position-consent"),
    path("visits/<int:pk>", visits.VisitDetail.as_view(), name="visit"),
    path("visits/<int:pk>/record", visits.VisitRecord.as_view(), name="visit-record"),
    path("visits/<int:pk>/edit", visits.VisitEdit.as_view(), name="visit-edit"),
    path("visits/<int:pk>/reschedule", visits.VisitReschedule.as_view(), name="visit-reschedule"),
    path("visits/<int:pk>/cancel", visits.VisitCancel.as_view(), name="visit-cancel"),
    path("visits/<int:pk>/check-in", visits.VisitCheckIn.as_view(), name="visit-check-in"),
    path("visits/<int:pk>/comment", visits.VisitComment.as_view(), name="visit-comment"),
    path("visits/<int:pk>/undo", visits.VisitUndo.as_view(), name="visit-undo"),
    path("visits/<int:pk>/read", visits.VisitRead.as_view(), name="visit-read"),
]

urlpatterns = [
    *CLIENTS,
    *LEADS,
    *OPPORTUNITIES,
    *VISITS,
    path("", include("crm.urls_contracts")),
    path("", include("crm.urls_authority")),
]
