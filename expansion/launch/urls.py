from django.urls import path

from expansion.launch import views

app_name = "launch"
urlpatterns = [path("healthz/", views.healthz, name="healthz")]
