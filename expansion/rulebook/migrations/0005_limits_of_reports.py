"""How soon talks and events are reported stands in the cadence of their report alone."""

from django.db import migrations

GONE = ("event_report", "talks_report")


def forget_limits(apps, schema_editor):
    """In every version that is kept, and among what a draft has changed."""
    for version in apps.get_model("rulebook", "Version").objects.all():
        limits = version.content.get("sla", {})
        held = [name for name in GONE if name in limits or f"sla.{name}" in version.changes]
        for name in held:
            limits.pop(name, None)
            version.changes.pop(f"sla.{name}", None)
        if held:
            version.save(update_fields=["content", "changes"])


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0004_bands_and_parties")]

    operations = [migrations.RunPython(forget_limits, migrations.RunPython.noop)]
