from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "expansion.jobs"
    label = "jobs"

    def ready(self) -> None:
        from expansion.jobs import access, cards, nav, selectors  # noqa: F401
        from expansion.ui.context import set_sources

        set_sources(running_jobs=selectors.shown_in_shell)
