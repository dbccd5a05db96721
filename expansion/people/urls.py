from django.urls import path

from expansion.people import views

app_name = "people"
urlpatterns = [path("", views.PersonList.as_view(), name="person-list")]
