from django.urls import path

from expansion.rulebook import views

app_name = "rulebook"
urlpatterns = [
    path("", views.Regulation.as_view(), name="regulation"),
    path("weights", views.Weights.as_view(), name="weights"),
    path("versions/<int:pk>", views.VersionDetail.as_view(), name="version"),
    path("versions/<int:pk>/discard", views.DiscardDraft.as_view(), name="discard"),
]
