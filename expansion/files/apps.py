from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "expansion.files"
    label = "files"

    def ready(self) -> None:
        from expansion.files import access  # noqa: F401
