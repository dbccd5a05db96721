from django.urls import path

from crm.views import contracts as views

urlpatterns = [
    path("contracts/", views.ContractList.as_view(), name="contract-list"),
    path("contracts/new", views.ContractCreate.as_view(), name="contract-create"),
    path("contracts/<int:pk>", views.ContractDetail.as_view(), name="contract"),
    path("contracts/<int:pk>/edit", views.ContractEdit.as_view(), name="contract-edit"),
    path("contracts/<int:pk>/submit", views.ContractSubmit.as_view(), name="contract-submit"),
    path("contracts/<int:pk>/sign", views.ContractSign.as_view(), name="contract-sign"),
    path("contracts/<int:pk>/delete", views.ContractDelete.as_view(), name="contract-delete"),
    path(
        "contracts/<int:pk>/obligations/new",
        views.ObligationAdd.as_view(),
        name="obligation-create",
    ),
    path("obligations/", views.ObligationList.as_view(), name="obligation-list"),
    path("obligations/<int:pk>/done", views.ObligationComplete.as_view(), name="obligation-done"),
    path("obligations/<int:pk>/reopen", views.ObligationReopen.as_view(), name="obligation-reopen"),
    path("obligations/<int:pk>/remove", views.ObligationRemove.as_view(), name="obligation-remove"),
]
