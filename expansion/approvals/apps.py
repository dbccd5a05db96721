from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "expansion.approvals"
    label = "approvals"

    def ready(self) -> None:
        from expansion.approvals import access, cards, nav  # noqa: F401
