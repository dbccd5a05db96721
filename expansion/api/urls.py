"""Every address of the API, its schema and its page; each app keeps its own nouns."""

from django.urls import include, path, re_path

from expansion.api.pages import DocsPage, Schema, Unknown

urlpatterns = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", DocsPage.as_view(), name="api-docs"),
    path("people/", include("expansion.people.api")),
    path("rulebook/", include("expansion.rulebook.api")),
    path("approvals/", include("expansion.approvals.api")),
    path("office/", include("expansion.office.api")),
    path("surveys/", include("expansion.surveys.api")),
    path("transfer/", include("expansion.transfer.api")),
    path("crm/", include("crm.api")),
    path("research/", include("research.api")),
    path("partnerships/", include("partnerships.api")),
    path("training/", include("training.api")),
    path("appraisal/", include("appraisal.api")),
    re_path(r"^.*$", Unknown.as_view()),
]
