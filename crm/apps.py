from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    label = "crm"

    def ready(self) -> None:
        from crm import (  # noqa: F401
            access,
            cards,
            contract_offers,
            controls,
            insights,
            metrics,
            nav,
            nav_contracts,
            panels,
            sections,
            seeds,
            timeline,
            transfer_offers,
        )
        from expansion import offers

        offers.add(offers.Seed("crm", 30, seeds.sow))
