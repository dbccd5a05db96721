from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AuditConfig(AppConfig):
    name = "expansion.audit"
    label = "audit"

    def ready(self) -> None:
        from expansion import access as gate
        from expansion import offers
        from expansion.audit import access, compliance, controls, models, nav  # noqa: F401
        from expansion.audit.services import written
        from expansion.ui import counts

        offers.add(
            offers.Sheet(
                "audit.controls",
                gettext_lazy("Control list"),
                lambda person: gate.can(person, "export", models.Entry),
                controls.heads,
                controls.lines,
            )
        )
        written.connect(counts.forget)
