from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"

    def ready(self) -> None:
        from training import access, cards, metrics, nav, transfer  # noqa: F401
