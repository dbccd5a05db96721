from django.urls import path

from expansion.home import views

app_name = "home"
urlpatterns = [
    path("", views.Today.as_view(), name="today"),
    path("todo/", views.ToDo.as_view(), name="todo"),
]
