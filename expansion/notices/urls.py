from django.urls import path

from expansion.notices import views, views_desk

app_name = "notices"
urlpatterns = [
    path("", views.NoticeList.as_view(), name="notice-list"),
    path("unread", views.Unread.as_view(), name="unread"),
    path("read-all", views.ReadAll.as_view(), name="read-all"),
    path("channels", views.Channels.as_view(), name="channels"),
    path("<int:pk>", views.NoticeOpen.as_view(), name="notice"),
    path("<int:pk>/together", views.Together.as_view(), name="together"),
    path("sent/", views_desk.SentList.as_view(), name="sent-list"),
    path("sent/resend", views_desk.ResendAll.as_view(), name="sent-resend-all"),
    path("sent/<int:pk>", views_desk.Sent.as_view(), name="sent"),
    path("sent/<int:pk>/resend", views_desk.Resend.as_view(), name="sent-resend"),
    path("told/", views_desk.ToldList.as_view(), name="told-list"),
    path("robots/", views_desk.RobotList.as_view(), name="robot-list"),
    path("robots/new", views_desk.RobotCreate.as_view(), name="robot-create"),
    path("robots/<int:pk>", views_desk.RobotEdit.as_view(), name="robot-edit"),
    path("robots/<int:pk>/greet", views_desk.RobotGreet.as_view(), name="robot-greet"),
    path("wordings/", views_desk.WordingList.as_view(), name="wording-list"),
    path("wordings/<int:pk>/restore", views_desk.WordingRestore.as_view(), name="wording-restore"),
    path(
        "wordings/<str:kind>/<str:language>", views_desk.WordingEdit.as_view(), name="wording-edit"
    ),
]
