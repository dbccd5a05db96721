from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from appraisal import access, cards, holdings, insights, metrics, nav  # noqa: F401
        from appraisal.services.citing import keep_counted
        from expansion import offers

        offers.add(offers.Seed("appraisal", 90, "appraisal.seeds.sow"))
        offers.react("crm.visit.undone", keep_counted)
