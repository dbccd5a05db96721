from django.urls import path

from expansion.surveys import views, views_asking

app_name = "surveys"
urlpatterns = [
    path("", views.SurveyList.as_view(), name="list"),
    path("new", views.SurveyCreate.as_view(), name="create"),
    path("<int:pk>", views.SurveyDetail.as_view(), name="questionnaire"),
    path("<int:pk>/edit", views.SurveyEdit.as_view(), name="edit"),
    path("<int:pk>/copy", views.SurveyCopy.as_view(), name="copy"),
    path("<int:pk>/delete", views.SurveyDelete.as_view(), name="delete"),
    path("<int:pk>/questions/new", views.QuestionAdd.as_view(), name="question-create"),
    path("questions/<int:pk>/edit", views.QuestionEdit.as_view(), name="question-edit"),
    path("questions/<int:pk>/remove", views.QuestionRemove.as_view(), name="question-remove"),
    path("<int:pk>/invite", views_asking.SurveyInvite.as_view(), name="invite"),
    path(
        "invitations/<int:pk>/link", views_asking.InvitationLink.as_view(), name="invitation-link"
    ),
    path(
        "invitations/<int:pk>/remove",
        views_asking.InvitationRemove.as_view(),
        name="invitation-remove",
    ),
    path("<int:pk>/send", views.SurveySend.as_view(), name="send"),
    path("<int:pk>/close", views.SurveyClose.as_view(), name="close"),
    path("<int:pk>/measures/new", views.MeasureAdd.as_view(), name="measure-create"),
    path("measures/<int:pk>/remove", views.MeasureRemove.as_view(), name="measure-remove"),
    path("measures/<int:pk>/done", views.MeasureDone.as_view(), name="measure-done"),
    path("measures/<int:pk>/reopen", views.MeasureReopen.as_view(), name="measure-reopen"),
    path("<int:pk>/report", views.SurveyReport.as_view(), name="report"),
    path("<int:pk>/sheet", views.SurveySheet.as_view(), name="sheet"),
    path("<int:pk>/pdf", views.SurveyPdf.as_view(), name="pdf"),
]
