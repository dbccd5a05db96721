from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from appraisal import access, metrics  # noqa: F401
