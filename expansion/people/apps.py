from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class PeopleConfig(AppConfig):
    name = "expansion.people"
    label = "people"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_delete, post_save

        from expansion import access as gate
        from expansion import offers
        from expansion.people import (  # noqa: F401
            access,
            compliance,
            controls,
            factors,
            models,
            nav,
            revision,
            rights,
            selectors,
            sessions,
        )
        from expansion.ui.context import set_sources

        offers.add(offers.Seed("people", 20, "expansion.people.seeds.sow"))
        offers.add(offers.PresetSeed("people", 20, "expansion.people.preset_seeds.sow"))
        offers.add(offers.Seed("people.late", 94, "expansion.people.seeds.sow_late"))
        offers.add(
            offers.Sheet(
                "people.rights",
                gettext_lazy("Rights of the roles"),
                lambda person: gate.can(person, "export", models.Rights),
                rights.sheet_heads,
                rights.sheet_rows,
            )
        )
        gate.people_come_from(selectors.active_people)
        kept = (models.User, models.Unit, models.Post, models.Membership, models.Mandate)
        for model in (*kept, models.Rights):
            post_save.connect(revision.on_change, sender=model)
            post_delete.connect(revision.on_change, sender=model)
        offers.add(offers.PersonFact("roles_unmet", factors.roles_unmet))
        user_logged_in.connect(sessions.begin)
        set_sources(
            acting_banner=selectors.banner,
            post_label=selectors.post_label,
            house_name=selectors.house_name,
        )
