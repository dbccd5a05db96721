from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"

    def ready(self) -> None:
        from expansion import offers
        from training import (  # noqa: F401
            access,
            cards,
            compliance,
            foresight,
            metrics,
            nav,
            transfer,
        )

        offers.add(offers.Seed("training", 60, "training.seeds.sow"))
        offers.add(offers.PresetSeed("training", 60, "training.preset_seeds.sow"))
