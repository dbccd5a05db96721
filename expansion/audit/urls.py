from django.urls import path

from expansion.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.EntryList.as_view(), name="entry-list"),
    path("controls/", views.ControlList.as_view(), name="control-list"),
    path("controls/<str:key>", views.ControlRows.as_view(), name="control"),
    path("<int:pk>", views.EntryDetail.as_view(), name="entry"),
]
