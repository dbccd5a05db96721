from django.urls import path

from expansion.home import calendar, compliance, forecast, overview, replay, views

app_name = "home"
urlpatterns = [
    path("", views.Today.as_view(), name="today"),
    path("todo/", views.ToDo.as_view(), name="todo"),
    path("today/side/", views.TodayPart.as_view(), name="side"),
    path("today/waiting/", views.TodayPart.as_view(place="last"), name="waiting"),
    path("menu/", views.Menu.as_view(), name="menu"),
    path("overview/", overview.Overview.as_view(), name="overview"),
    path("overview/compliance", overview.ComplianceFigures.as_view(), name="overview-compliance"),
    path("overview/remind", overview.Remind.as_view(), name="remind"),
    path("overview/teams.xlsx", overview.TeamsSheet.as_view(), name="teams-sheet"),
    path("forecast/", forecast.Forecast.as_view(), name="forecast"),
    path("compliance/", compliance.Compliance.as_view(), name="compliance"),
    path("compliance/sheet", compliance.ComplianceSheet.as_view(), name="compliance-sheet"),
    path(
        "compliance/<str:clause>/cases",
        compliance.ComplianceCases.as_view(),
        name="compliance-cases",
    ),
    path("compliance/paper", compliance.CompliancePaper.as_view(), name="compliance-paper"),
    path("rules/<int:pk>/replay", replay.Replay.as_view(), name="replay"),
    path("rules/<int:pk>/replay.xlsx", replay.ReplaySheet.as_view(), name="replay-sheet"),
    path("calendar/", calendar.Calendar.as_view(), name="calendar"),
    path("calendar/days.csv", calendar.CalendarSheet.as_view(), name="calendar-sheet"),
    path("calendar/correct", calendar.CalendarCorrect.as_view(), name="calendar-correct"),
    path("calendar/import", calendar.CalendarImport.as_view(), name="calendar-import"),
    path(
        "calendar/corrections/<int:pk>/withdraw",
        calendar.CorrectionBack.as_view(),
        name="calendar-correction-back",
    ),
    path(
        "calendar/notices/<int:pk>/withdraw",
        calendar.CalendarYearBack.as_view(),
        name="calendar-year-back",
    ),
]
