from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "expansion.home"
    label = "home"

    def ready(self) -> None:
        from expansion.audit.services import written
        from expansion.home import nav, todo  # noqa: F401

        written.connect(todo.forget_counts)
