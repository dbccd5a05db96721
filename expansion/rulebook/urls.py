from django.urls import path

from expansion.rulebook.views import drafting, reading

app_name = "rulebook"
urlpatterns = [
    path("", reading.Regulation.as_view(), name="regulation"),
    path("weights", drafting.Weights.as_view(), name="weights"),
    path("parameters", drafting.Parameters.as_view(), name="parameters"),
    path("versions/<int:pk>", reading.VersionDetail.as_view(), name="version"),
    path("versions/<int:pk>/submit", reading.SubmitDraft.as_view(), name="submit"),
    path("versions/<int:pk>/discard", drafting.DiscardDraft.as_view(), name="discard"),
]
