from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"
    label = "research"

    def ready(self) -> None:
        from expansion import offers
        from research import access, cards, holdings, metrics, nav, subjects  # noqa: F401

        offers.add(offers.Seed("research", 40, "research.seeds.sow"))
