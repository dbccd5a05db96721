from django.urls import include, path

from expansion.office.views import handovers, reports

app_name = "office"
urlpatterns = [
    path("personnel/", include("expansion.office.urls_personnel")),
    path("confidence/", include("expansion.office.urls_confidence")),
    path("reports/", reports.ReportList.as_view(), name="report-list"),
    path("reports/team", reports.TeamReports.as_view(), name="team-reports"),
    path("reports/team.xlsx", reports.TeamSheet.as_view(), name="team-sheet"),
    path("reports/<int:pk>", reports.ReportDetail.as_view(), name="report"),
    path("reports/<int:pk>/save", reports.ReportSave.as_view(), name="report-save"),
    path("reports/<int:pk>/submit", reports.ReportSubmit.as_view(), name="report-submit"),
    path("reports/<int:pk>/withdraw", reports.ReportWithdraw.as_view(), name="report-withdraw"),
    path("reports/<int:pk>/read", reports.ReportRead.as_view(), name="report-read"),
    path("reports/<int:pk>/comment", reports.ReportComment.as_view(), name="report-comment"),
    path("handovers/", handovers.HandoverList.as_view(), name="handover-list"),
    path("handovers/new", handovers.HandoverCreate.as_view(), name="handover-create"),
    path("handovers/<int:pk>", handovers.HandoverDetail.as_view(), name="handover"),
    path("handovers/<int:pk>/divide", handovers.Divide.as_view(), name="handover-divide"),
    path("handovers/<int:pk>/offer", handovers.Offer.as_view(), name="handover-offer"),
    path("handovers/<int:pk>/accept", handovers.Accept.as_view(), name="handover-accept"),
    path("handovers/<int:pk>/decline", handovers.Decline.as_view(), name="handover-decline"),
    path("handovers/<int:pk>/undo", handovers.Undo.as_view(), name="handover-undo"),
    path("handovers/<int:pk>/things/new", handovers.ThingAdd.as_view(), name="handover-thing"),
    path(
        "handovers/<int:pk>/things/<int:thing>",
        handovers.ThingReturn.as_view(),
        name="handover-thing-return",
    ),
    path("handovers/<int:pk>/check", handovers.Check.as_view(), name="handover-check"),
    path("handovers/<int:pk>/close", handovers.Close.as_view(), name="handover-close"),
]
