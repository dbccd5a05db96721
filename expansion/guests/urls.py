from django.urls import path

from expansion.guests.views import GuestPage

app_name = "guests"
urlpatterns = [path("<str:secret>", GuestPage.as_view(), name="page")]
