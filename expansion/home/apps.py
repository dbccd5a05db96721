from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "expansion.home"
    label = "home"

    def ready(self) -> None:
        from expansion.home import calendar_alarm, cards, nav, panels  # noqa: F401
