"""Who gathers a report stands on it; those that are open get it from the rulebook in force."""

from django.db import migrations, models

import expansion.clock


def name_who_gathers(apps, schema_editor):
    content = _in_force(apps)
    roles = {post["key"]: post["role"] for post in content.get("posts", [])}
    for report in content.get("reports", []):
        post = (report.get("consolidated_by") or {}).get("value")
        if post in roles:
            open_ones = apps.get_model("office", "WorkReport").objects.filter(
                kind=report["key"], status__in=("due", "draft")
            )
            open_ones.update(gathered_by=roles[post])


def _in_force(apps):
    """The content of the version in force today; empty before a regulation was loaded."""
    published = apps.get_model("rulebook", "Version").objects.filter(
        status="published", effective_on__lte=expansion.clock.today()
    )
    version = published.order_by("-effective_on", "-number").first()
    return version.content if version else {}


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0004_registers"),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="workreport",
            name="gathered_by",
            field=models.CharField(blank=True, default="", max_length=14),
        ),
        migrations.RunPython(name_who_gathers, migrations.RunPython.noop),
    ]
