from django.urls import path

from expansion.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.EntryList.as_view(), name="entry-list"),
    path("<int:pk>", views.EntryDetail.as_view(), name="entry"),
]
