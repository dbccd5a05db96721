from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "expansion.rulebook"
    label = "rulebook"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from expansion import offers
        from expansion.rulebook import (  # noqa: F401
            access,
            amendment,
            cards,
            compliance,
            models,
            nav,
            selectors,
            working_days,
        )
        from expansion.rulebook.delegation import act_for_absent
        from expansion.ui import deadlines

        post_save.connect(selectors.on_version_saved, sender=models.Version)
        deadlines.judged_by(working_days.may_move)
        offers.add(offers.Seed("rulebook", 10, "expansion.rulebook.seeds.sow"))
        offers.add(offers.PresetSeed("rulebook", 10, "expansion.rulebook.seeds.sow_preset"))
        offers.react("leave.approved", act_for_absent)
        offers.react("outing.approved", act_for_absent)
