from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from appraisal import access, cards, metrics, nav  # noqa: F401
