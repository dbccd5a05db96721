from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "expansion.people"
    label = "people"

    def ready(self) -> None:
        from expansion import access as gate
        from expansion import offers
        from expansion.people import access, nav, seeds, selectors  # noqa: F401
        from expansion.ui.context import set_sources

        offers.add(offers.Seed("people", 20, seeds.sow))
        offers.add(offers.Seed("people.late", 94, seeds.sow_late))
        gate.people_come_from(selectors.active_people)
        set_sources(
            acting_banner=selectors.banner,
            role_label=selectors.role_label,
            department_name=selectors.department_name,
        )
