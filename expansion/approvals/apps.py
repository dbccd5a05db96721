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
            nav,
            replays,
            services,
        )

        # The rulebook stands below and cannot call: its amendments are submitted by this event.
        offers.react("rulebook.draft.submitted", services.submit)
        offers.react("people.shut_out", services.pass_on)
