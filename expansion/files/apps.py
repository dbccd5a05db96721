from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "expansion.files"
    label = "files"
