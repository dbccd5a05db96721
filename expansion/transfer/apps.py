from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "expansion.transfer"
    label = "transfer"

    def ready(self) -> None:
        from expansion.transfer import access, nav  # noqa: F401
