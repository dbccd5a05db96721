from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "expansion.jobs"
    label = "jobs"

    def ready(self) -> None:
        from expansion import offers
        from expansion.jobs import access, cards, nav, selectors  # noqa: F401
        from expansion.ui.context import set_sources

        offers.add(offers.Seed("jobs", 96, "expansion.jobs.seeds.sow"))
        offers.add(offers.PersonFact("has_jobs", selectors.has_jobs))
        set_sources(running_jobs=selectors.shown_in_shell)
