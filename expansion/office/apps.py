from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "expansion.office"
    label = "office"

    def ready(self) -> None:
        from expansion import offers
        from expansion.office import access, cards, insights, nav, seeds  # noqa: F401

        offers.add(offers.Seed("office", 80, seeds.sow))
