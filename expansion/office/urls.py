from django.urls import path

from expansion.office.views import reports

app_name = "office"
urlpatterns = [
    path("reports/", reports.ReportList.as_view(), name="report-list"),
    path("reports/team", reports.TeamReports.as_view(), name="team-reports"),
    path("reports/team.xlsx", reports.TeamSheet.as_view(), name="team-sheet"),
    path("reports/<int:pk>", reports.ReportDetail.as_view(), name="report"),
    path("reports/<int:pk>/save", reports.ReportSave.as_view(), name="report-save"),
    path("reports/<int:pk>/submit", reports.ReportSubmit.as_view(), name="report-submit"),
    path("reports/<int:pk>/withdraw", reports.ReportWithdraw.as_view(), name="report-withdraw"),
    path("reports/<int:pk>/read", reports.ReportRead.as_view(), name="report-read"),
    path("reports/<int:pk>/comment", reports.ReportComment.as_view(), name="report-comment"),
]
