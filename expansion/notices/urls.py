from django.urls import path

from expansion.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.NoticeList.as_view(), name="notice-list"),
    path("read-all", views.ReadAll.as_view(), name="read-all"),
    path("channels", views.Channels.as_view(), name="channels"),
    path("<int:pk>", views.NoticeOpen.as_view(), name="notice"),
]
