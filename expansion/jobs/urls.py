from django.urls import path

from expansion.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.JobList.as_view(), name="job-list"),
    path("timetable/", views.Heartbeats.as_view(), name="heartbeats"),
    path("<int:pk>", views.JobDetail.as_view(), name="job"),
    path("<int:pk>/cancel", views.JobCancel.as_view(), name="job-cancel"),
    path("<int:pk>/retry", views.JobRetry.as_view(), name="job-retry"),
]
