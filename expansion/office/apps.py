from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "expansion.office"
    label = "office"

    def ready(self) -> None:
        from expansion import offers
        from expansion.office import (  # noqa: F401
            access,
            access_confidence,
            access_personnel,
            cards,
            compliance,
            confidence_offers,
            foresight,
            holdings,
            insights,
            metrics,
            nav,
            personnel_offers,
            replays,
        )
        from expansion.office.services import rescheduling
        from expansion.office.services.handovers import refuse_while_held

        offers.add(
            offers.Seed("office.leaver", 25, "expansion.office.seeds.handovers.sow_leaver"),
            offers.Seed("office", 80, "expansion.office.seeds.reports.sow"),
            offers.Seed("office.confidence", 82, "expansion.office.seeds.confidence.sow"),
            offers.PresetSeed("office", 80, "expansion.office.preset_seeds.sow"),
            offers.Seed("office.handovers", 96, "expansion.office.seeds.handovers.sow"),
            offers.Seed("office.personnel", 97, "expansion.office.seeds.personnel.sow"),
        )
        offers.react("people.leaving", refuse_while_held)
        offers.react("calendar.changed", rescheduling.reschedule)
