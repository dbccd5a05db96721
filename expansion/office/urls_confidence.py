"""The addresses of agreements, statements, rights in ideas and public matters."""

from django.urls import path

from expansion.office.views import matters, ndas, rights, statements

urlpatterns = [
    path("ndas/", ndas.NdaList.as_view(), name="nda-list"),
    path("ndas/missing", ndas.NdaMissing.as_view(), name="nda-missing"),
    path("ndas/new", ndas.NdaCreate.as_view(), name="nda-create"),
    path("ndas/<int:pk>", ndas.NdaDetail.as_view(), name="nda"),
    path("ndas/<int:pk>/edit", ndas.NdaEdit.as_view(), name="nda-edit"),
    path("ndas/<int:pk>/delete", ndas.NdaDelete.as_view(), name="nda-delete"),
    path("statements/", statements.StatementList.as_view(), name="statement-list"),
    path("statements/new", statements.StatementCreate.as_view(), name="statement-create"),
    path("statements/<int:pk>", statements.StatementDetail.as_view(), name="statement"),
    path("statements/<int:pk>/edit", statements.StatementEdit.as_view(), name="statement-edit"),
    path(
        "statements/<int:pk>/submit", statements.StatementSubmit.as_view(), name="statement-submit"
    ),
    path(
        "statements/<int:pk>/release",
        statements.StatementRelease.as_view(),
        name="statement-release",
    ),
    path(
        "statements/<int:pk>/withdraw",
        statements.StatementWithdraw.as_view(),
        name="statement-withdraw",
    ),
    path("rights/", rights.RightList.as_view(), name="right-list"),
    path("rights/new", rights.RightCreate.as_view(), name="right-create"),
    path("rights/<int:pk>", rights.RightDetail.as_view(), name="right"),
    path("rights/<int:pk>/edit", rights.RightEdit.as_view(), name="right-edit"),
    path("rights/<int:pk>/delete", rights.RightDelete.as_view(), name="right-delete"),
    path("matters/", matters.MatterList.as_view(), name="matter-list"),
    path("matters/new", matters.MatterCreate.as_view(), name="matter-create"),
    path("matters/<int:pk>", matters.MatterDetail.as_view(), name="matter"),
    path("matters/<int:pk>/edit", matters.MatterEdit.as_view(), name="matter-edit"),
    path("matters/<int:pk>/delete", matters.MatterDelete.as_view(), name="matter-delete"),
]
