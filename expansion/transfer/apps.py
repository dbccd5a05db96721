from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "expansion.transfer"
    label = "transfer"

    def ready(self) -> None:
        from expansion import offers
        from expansion.transfer import (  # noqa: F401
            access,
            compliance,
            controls,
            lists,
            nav,
            subjects,
        )

        offers.add(offers.Seed("transfer", 92, "expansion.transfer.seeds.sow"))
