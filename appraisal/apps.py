from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from appraisal import (  # noqa: F401
            access,
            cards,
            compliance,
            foresight,
            holdings,
            insights,
            metrics,
            nav,
            replays,
            subjects,
        )
        from appraisal.services import rescheduling
        from appraisal.services.citing import keep_counted
        from expansion import offers

        offers.add(offers.Seed("appraisal", 90, "appraisal.seeds.sow"))
        offers.add(offers.PresetSeed("appraisal", 90, "appraisal.preset_seeds.sow"))
        offers.react("crm.visit.undone", keep_counted)
        offers.react("calendar.changed", rescheduling.reschedule)
