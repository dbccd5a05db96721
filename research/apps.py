from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"
    label = "research"

    def ready(self) -> None:
        from research import access, cards, metrics, nav, subjects  # noqa: F401
