from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    label = "crm"

    def ready(self) -> None:
        from crm import (  # noqa: F401
            access,
            authority_offers,
            cards,
            cards_contracts,
            compliance,
            contract_offers,
            controls,
            foresight,
            holdings,
            insights,
            metrics,
            nav,
            nav_contracts,
            panels,
            replays,
            sections,
            survey_offers,
            timeline,
            transfer_offers,
        )
        from expansion import offers

        offers.add(offers.Seed("crm", 30, "crm.seeds.sow"))
        offers.add(offers.Seed("crm.authority", 96, "crm.seeds.authority.sow"))
        offers.add(offers.PresetSeed("crm", 30, "crm.preset_seeds.sow"))
        offers.add(offers.Seed("crm.handovers", 95, "crm.seeds.handovers.sow"))
