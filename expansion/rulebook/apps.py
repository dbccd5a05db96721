from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "expansion.rulebook"
    label = "rulebook"

    def ready(self) -> None:
        from expansion.rulebook import access, amendment, nav  # noqa: F401
