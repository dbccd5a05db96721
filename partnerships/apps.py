from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "partnerships"
    label = "partnerships"

    def ready(self) -> None:
        from expansion import offers
        from partnerships import (  # noqa: F401
            access,
            cards,
            compliance,
            foresight,
            holdings,
            metrics,
            nav,
            replays,
            sections,
            subjects,
            timeline,
            transfer,
        )
        from partnerships.services import projects

        offers.react("contract.signed", projects.count_signed)
        offers.react("crm.matter.taken_over", projects.take_over)
        offers.add(offers.Seed("partnerships", 50, "partnerships.seeds.sow"))
        offers.add(offers.PresetSeed("partnerships", 50, "partnerships.preset_seeds.sow"))
