"""Addresses of openings, candidates and changes of staff."""

from django.urls import path

from expansion.office.views import candidates, changes, openings

urlpatterns = [
    path("openings/", openings.OpeningList.as_view(), name="opening-list"),
    path("openings/new", openings.OpeningCreate.as_view(), name="opening-create"),
    path("openings/<int:pk>", openings.OpeningDetail.as_view(), name="opening"),
    path("openings/<int:pk>/edit", openings.OpeningEdit.as_view(), name="opening-edit"),
    path("openings/<int:pk>/open", openings.OpeningOpen.as_view(), name="opening-open"),
    path("openings/<int:pk>/fill", openings.OpeningFill.as_view(), name="opening-fill"),
    path("openings/<int:pk>/withdraw", openings.OpeningWithdraw.as_view(), name="opening-withdraw"),
    path("candidates/", candidates.CandidateList.as_view(), name="candidate-list"),
    path("candidates/new", candidates.CandidateCreate.as_view(), name="candidate-create"),
    path("candidates/<int:pk>", candidates.CandidateDetail.as_view(), name="candidate"),
    path("candidates/<int:pk>/edit", candidates.CandidateEdit.as_view(), name="candidate-edit"),
    path("candidates/<int:pk>/rate", candidates.CandidateRate.as_view(), name="candidate-rate"),
    path(
        "candidates/<int:pk>/decide", candidates.CandidateDecide.as_view(), name="candidate-decide"
    ),
    path(
        "candidates/<int:pk>/reveal", candidates.CandidateReveal.as_view(), name="candidate-reveal"
    ),
    path("candidates/<int:pk>/hire", candidates.CandidateHire.as_view(), name="candidate-hire"),
    path(
        "candidates/<int:pk>/forget", candidates.CandidateForget.as_view(), name="candidate-forget"
    ),
    path("changes/", changes.ChangeList.as_view(), name="change-list"),
    path("changes/new", changes.ChangeCreate.as_view(), name="change-create"),
    path("changes/<int:pk>", changes.ChangeDetail.as_view(), name="change"),
    path("changes/<int:pk>/edit", changes.ChangeEdit.as_view(), name="change-edit"),
    path("changes/<int:pk>/submit", changes.ChangeSubmit.as_view(), name="change-submit"),
    path("changes/<int:pk>/withdraw", changes.ChangeWithdraw.as_view(), name="change-withdraw"),
    path("changes/<int:pk>/effect", changes.ChangeEffect.as_view(), name="change-effect"),
]
