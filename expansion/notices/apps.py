from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "expansion.notices"
    label = "notices"

    def ready(self) -> None:
        from expansion import offers
        from expansion.notices import (  # noqa: F401
            access,
            cards,
            foresight,
            nav,
            reactions,
            selectors,
        )
        from expansion.ui.context import set_sources

        offers.add(offers.PersonFact("unread", selectors.unread))
        set_sources(unread=selectors.unread_count)
        offers.add(offers.Seed("notices", 99, "expansion.notices.seeds.sow"))
        offers.react("jobs.silent", reactions.tell_silent_job)
        offers.react("people.factor.changed", reactions.tell_factor)
        offers.react("people.link.created", reactions.tell_link_made)
        offers.react("people.password.changed", reactions.tell_new_password)
        offers.react("people.rehearsal.begun", reactions.tell_rehearsed)
        offers.react("people.sessions.ended", reactions.tell_sessions_ended)
        offers.react("rulebook.draft.handed_over", reactions.tell_draft_handed_over)
        offers.react("record.shared", reactions.tell_shared)
