from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "expansion.audit"
    label = "audit"

    def ready(self) -> None:
        from expansion.audit import access, nav  # noqa: F401
        from expansion.audit.services import written
        from expansion.ui import counts

        written.connect(counts.forget)
