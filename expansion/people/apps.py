from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "expansion.people"
    label = "people"

    def ready(self) -> None:
        from expansion import access as gate
        from expansion.people import access, nav, selectors  # noqa: F401

        gate.people_come_from(selectors.active_people)
