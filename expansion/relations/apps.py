from django.apps import AppConfig


class RelationsConfig(AppConfig):
    name = "expansion.relations"
    label = "relations"

    def ready(self) -> None:
        from expansion.relations import access  # noqa: F401
