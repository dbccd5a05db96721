from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "expansion.surveys"
    label = "surveys"

    def ready(self) -> None:
        from expansion.surveys import access, cards, foresight, guest_page, nav  # noqa: F401
