from django.urls import path

from research.views import findings, plans, reports

app_name = "research"
urlpatterns = [
    path("reports/", reports.ReportList.as_view(), name="report-list"),
    path("reports/new", reports.ReportCreate.as_view(), name="report-create"),
    path("reports/<int:pk>", reports.ReportDetail.as_view(), name="report"),
    path("reports/<int:pk>/edit", reports.ReportEdit.as_view(), name="report-edit"),
    path("reports/<int:pk>/autosave", reports.ReportAutosave.as_view(), name="report-autosave"),
    path("reports/<int:pk>/findings", reports.ReportCite.as_view(), name="report-cite"),
    path("reports/<int:pk>/submit", reports.ReportSubmit.as_view(), name="report-submit"),
    path("reports/<int:pk>/review", reports.ReportReview.as_view(), name="report-review"),
    path(
        "reports/<int:pk>/distribute",
        reports.ReportDistribute.as_view(),
        name="report-distribute",
    ),
    path("reports/<int:pk>/read", reports.ReportRead.as_view(), name="report-read"),
    path("reports/<int:pk>/report.pdf", reports.ReportPdf.as_view(), name="report-pdf"),
    path("reports/<int:pk>/delete", reports.ReportDelete.as_view(), name="report-delete"),
    path("plans/", plans.PlanList.as_view(), name="plan-list"),
    path("plans/new", plans.PlanCreate.as_view(), name="plan-create"),
    path("plans/<int:pk>", plans.PlanDetail.as_view(), name="plan"),
    path("plans/<int:pk>/edit", plans.PlanEdit.as_view(), name="plan-edit"),
    path("plans/<int:pk>/submit", plans.PlanSubmit.as_view(), name="plan-submit"),
    path("plans/<int:pk>/finish", plans.PlanFinish.as_view(), name="plan-finish"),
    path("plans/<int:pk>/delete", plans.PlanDelete.as_view(), name="plan-delete"),
    path("findings/", findings.FindingList.as_view(), name="finding-list"),
    path("findings/new", findings.FindingCreate.as_view(), name="finding-create"),
    path("findings/<int:pk>", findings.FindingDetail.as_view(), name="finding"),
    path("findings/<int:pk>/edit", findings.FindingEdit.as_view(), name="finding-edit"),
    path("findings/<int:pk>/screen", findings.FindingScreen.as_view(), name="finding-screen"),
    path("findings/<int:pk>/publish", findings.FindingPublish.as_view(), name="finding-publish"),
    path("findings/<int:pk>/adopt", findings.FindingAdopt.as_view(), name="finding-adopt"),
    path("findings/<int:pk>/delete", findings.FindingDelete.as_view(), name="finding-delete"),
]
