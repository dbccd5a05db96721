from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "expansion.rulebook"
    label = "rulebook"

    def ready(self) -> None:
        from expansion import offers
        from expansion.rulebook import access, amendment, nav, seeds  # noqa: F401

        offers.add(offers.Seed("rulebook", 10, seeds.sow))
