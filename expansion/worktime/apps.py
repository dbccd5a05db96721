from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "expansion.worktime"
    label = "worktime"

    def ready(self) -> None:
        from expansion import offers
        from expansion.jobs.services import begun
        from expansion.worktime import access, known  # noqa: F401

        known.ask_here()
        begun.connect(known.look)
        offers.add(offers.PersonFact(known.FACT, known.expression))
