from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"
    label = "research"

    def ready(self) -> None:
        from expansion import offers
        from research import (  # noqa: F401
            access,
            cards,
            compliance,
            foresight,
            holdings,
            metrics,
            nav,
            replays,
            subjects,
        )

        offers.add(offers.Seed("research", 40, "research.seeds.sow"))
        offers.add(offers.PresetSeed("research", 40, "research.preset_seeds.sow"))
