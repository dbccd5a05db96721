from django.urls import path

from expansion.approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.Inbox.as_view(), name="inbox"),
    path("several/", views.Several.as_view(), name="several"),
    path("all/", views.RequestList.as_view(), name="request-list"),
    path("acts/", views.ActList.as_view(), name="act-list"),
    path("<int:pk>", views.Inbox.as_view(), name="request"),
    path("<int:pk>/decide", views.Decide.as_view(), name="decide"),
    path("<int:pk>/add-signer", views.AddSigner.as_view(), name="add-signer"),
    path("<int:pk>/hand-on", views.HandOn.as_view(), name="hand-on"),
    path("<int:pk>/comment", views.CommentOn.as_view(), name="comment"),
    path("<int:pk>/withdraw", views.Withdraw.as_view(), name="withdraw"),
    path("<int:pk>/sheet.pdf", views.Sheet.as_view(), name="sheet"),
    path("notes/<int:pk>/answer", views.NoteAnswer.as_view(), name="note-answer"),
    path("notes/<int:pk>/settle", views.NoteSettle.as_view(), name="note-settle"),
]
