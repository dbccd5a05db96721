from django.urls import include, path

from crm.views import clients

app_name = "crm"
urlpatterns = [
    path("clients/", clients.ClientList.as_view(), name="client-list"),
    path("clients/new", clients.ClientCreate.as_view(), name="client-create"),
    path("clients/<int:pk>", clients.ClientDetail.as_view(), name="client"),
    path("clients/<int:pk>/edit", clients.ClientEdit.as_view(), name="client-edit"),
    path("clients/<int:pk>/reassign", clients.ClientReassign.as_view(), name="client-reassign"),
    path("clients/<int:pk>/delete", clients.ClientDelete.as_view(), name="client-delete"),
    path("clients/<int:pk>/contacts/new", clients.ContactAdd.as_view(), name="contact-create"),
    path("", include("crm.urls_contracts")),
]
