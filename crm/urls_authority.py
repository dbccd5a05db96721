from django.urls import path

from crm.views import authority as views

urlpatterns = [
    path("escalations/", views.EscalationList.as_view(), name="escalation-list"),
    path("escalations/<int:pk>", views.EscalationDetail.as_view(), name="escalation"),
    path(
        "escalations/<int:pk>/take-over",
        views.EscalationTakeOver.as_view(),
        name="escalation-take-over",
    ),
    path("escalations/<int:pk>/leave", views.EscalationLeave.as_view(), name="escalation-leave"),
    path("clients/<int:pk>/major", views.ClientMajor.as_view(), name="client-major"),
    path("clients/<int:pk>/ordinary", views.ClientOrdinary.as_view(), name="client-ordinary"),
    path(
        "opportunities/<int:pk>/bottom-line",
        views.BottomLineCreate.as_view(),
        name="bottom-line-create",
    ),
    path("bottom-lines/<int:pk>", views.BottomLineDetail.as_view(), name="bottom-line"),
    path("bottom-lines/<int:pk>/edit", views.BottomLineEdit.as_view(), name="bottom-line-edit"),
]
