from django.urls import path

from expansion.home import compliance, forecast, overview, views

app_name = "home"
urlpatterns = [
    path("", views.Today.as_view(), name="today"),
    path("todo/", views.ToDo.as_view(), name="todo"),
    path("today/side/", views.TodayPart.as_view(), name="side"),
    path("today/waiting/", views.TodayPart.as_view(place="last"), name="waiting"),
    path("menu/", views.Menu.as_view(), name="menu"),
    path("overview/", overview.Overview.as_view(), name="overview"),
    path("overview/remind", overview.Remind.as_view(), name="remind"),
    path("overview/teams.xlsx", overview.TeamsSheet.as_view(), name="teams-sheet"),
    path("forecast/", forecast.Forecast.as_view(), name="forecast"),
    path("compliance/", compliance.Compliance.as_view(), name="compliance"),
    path("compliance/sheet", compliance.ComplianceSheet.as_view(), name="compliance-sheet"),
    path("compliance/paper", compliance.CompliancePaper.as_view(), name="compliance-paper"),
]
