from django.urls import path

from expansion.transfer import views

app_name = "transfer"
urlpatterns = [
    path("", views.ImportList.as_view(), name="import-list"),
    path("exports/", views.ExportList.as_view(), name="export-list"),
    path("import/<str:key>", views.ImportCreate.as_view(), name="import-create"),
    path("import/<str:key>/template", views.ImportTemplate.as_view(), name="import-template"),
    path("imports/<int:pk>", views.ImportDetail.as_view(), name="import"),
    path("imports/<int:pk>/reading", views.ImportReading.as_view(), name="import-reading"),
    path("imports/<int:pk>/fix", views.ImportFix.as_view(), name="import-fix"),
    path("imports/<int:pk>/decide", views.ImportDecide.as_view(), name="import-decide"),
    path("imports/<int:pk>/start", views.ImportStart.as_view(), name="import-start"),
    path("imports/<int:pk>/undo", views.ImportUndo.as_view(), name="import-undo"),
    path("imports/<int:pk>/errors", views.ImportErrors.as_view(), name="import-errors"),
    path("export/<str:key>", views.ExportCreate.as_view(), name="export-create"),
    path("sheets/<str:key>", views.SheetFile.as_view(), name="sheet"),
    path("exports/<int:pk>", views.ExportDetail.as_view(), name="export"),
    path("exports/<int:pk>/file", views.ExportFile.as_view(), name="export-file"),
]
