from django.urls import path

from expansion.relations import views

app_name = "relations"
urlpatterns = [
    path("<int:pk>/remove", views.RelationRemove.as_view(), name="remove"),
    path("<str:kind>/<int:pk>/add", views.RelationAdd.as_view(), name="add"),
]
