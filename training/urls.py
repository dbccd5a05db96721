from django.urls import path

from training import views

app_name = "training"

SESSIONS = [
    path("sessions/", views.SessionList.as_view(), name="session-list"),
    path("sessions/new", views.SessionCreate.as_view(), name="session-create"),
    path("sessions/<int:pk>", views.SessionDetail.as_view(), name="session"),
    path("sessions/<int:pk>/edit", views.SessionEdit.as_view(), name="session-edit"),
    path("sessions/<int:pk>/open", views.SessionOpen.as_view(), name="session-open"),
    path("sessions/<int:pk>/enrol", views.SessionEnrol.as_view(), name="session-enrol"),
    path(
        "sessions/<int:pk>/enrol-other",
        views.SessionEnrolOther.as_view(),
        name="session-enrol-other",
    ),
    path(
        "sessions/<int:pk>/attendance",
        views.SessionAttendance.as_view(),
        name="session-attendance",
    ),
    path("sessions/<int:pk>/close", views.SessionClose.as_view(), name="session-close"),
    path("sessions/<int:pk>/cancel", views.SessionCancel.as_view(), name="session-cancel"),
    path("sessions/<int:pk>/sheet", views.SessionSheet.as_view(), name="session-sheet"),
]

urlpatterns = [
    *SESSIONS,
    path("enrolments/", views.EnrolmentList.as_view(), name="enrolment-list"),
    path(
        "enrolments/<int:pk>/withdraw",
        views.EnrolmentWithdraw.as_view(),
        name="enrolment-withdraw",
    ),
    path("courses/", views.CourseList.as_view(), name="course-list"),
    path("courses/new", views.CourseCreate.as_view(), name="course-create"),
    path("courses/<int:pk>", views.CourseDetail.as_view(), name="course"),
    path("courses/<int:pk>/edit", views.CourseEdit.as_view(), name="course-edit"),
]
