from django.urls import path

from expansion.files import views

app_name = "files"
urlpatterns = [
    path("<int:pk>", views.FilePage.as_view(), name="file"),
    path("<int:pk>/picture", views.PicturePage.as_view(), name="picture"),
    path("<int:pk>/remove", views.FileRemove.as_view(), name="remove"),
    path("<str:kind>/<int:pk>/add", views.FileAdd.as_view(), name="add"),
]
