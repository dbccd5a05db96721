from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "expansion.office"
    label = "office"

    def ready(self) -> None:
        from expansion.office import access, cards, nav  # noqa: F401
