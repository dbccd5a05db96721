from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "expansion.approvals"
    label = "approvals"

    def ready(self) -> None:
        from expansion import offers
        from expansion.approvals import (  # noqa: F401
            access,
            cards,
            compliance,
            controls,
            foresight,
            nav,
            replays,
            services,
            succession,
            timing,
        )

        # The rulebook stands below and cannot call: its amendments are submitted by this event.
        offers.react("rulebook.draft.submitted", services.submit)
        offers.react("people.shut_out", succession.pass_on)
        offers.react("calendar.changed", timing.reschedule)
