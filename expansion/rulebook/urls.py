from django.urls import path

from expansion.rulebook.views import clauses, drafting, entries, lists, paper, reading, settling

app_name = "rulebook"
urlpatterns = [
    path("", reading.Regulation.as_view(), name="regulation"),
    path("weights", drafting.Weights.as_view(), name="weights"),
    path("parameters", drafting.Parameters.as_view(), name="parameters"),
    path("unsettled", settling.Unsettled.as_view(), name="unsettled"),
    path("clauses", clauses.Clauses.as_view(), name="clauses"),
    path(
        "clauses/<str:clause>/note",
        clauses.InterpretationCreate.as_view(),
        name="interpretation-create",
    ),
    path(
        "interpretations/<int:pk>/withdraw",
        clauses.InterpretationWithdraw.as_view(),
        name="interpretation-withdraw",
    ),
    path("lists", lists.Lists.as_view(), name="lists"),
    path("entries", entries.Entries.as_view(), name="entries"),
    path("entries/<str:of>/add", entries.EntryAdd.as_view(), name="entry-add"),
    path("entries/<str:of>/<str:key>/edit", entries.EntryEdit.as_view(), name="entry-edit"),
    path("entries/<str:of>/<str:key>/remove", entries.EntryRemove.as_view(), name="entry-remove"),
    path("people", entries.PersonPick.as_view(), name="person-pick"),
    path("upload", lists.Upload.as_view(), name="upload"),
    path("versions/<int:pk>/toml", paper.Toml.as_view(), name="toml"),
    path("versions/<int:pk>/pdf", paper.Pdf.as_view(), name="pdf"),
    path("versions/<int:pk>", reading.VersionDetail.as_view(), name="version"),
    path("versions/<int:pk>/submit", reading.SubmitDraft.as_view(), name="submit"),
    path("versions/<int:pk>/withdraw", reading.WithdrawVersion.as_view(), name="withdraw"),
    path("versions/<int:pk>/discard", drafting.DiscardDraft.as_view(), name="discard"),
]
