"""A sub-regulation's posts and teams are entries with its own titles, not keys of the union."""

from django.db import migrations

LISTS = ("posts", "teams")


def give_titles(apps, schema_editor):
    """In every version that is kept: what it named, or all where it named none, by the titles it
    had until now."""
    for version in apps.get_model("rulebook", "Version").objects.all():
        overlays = version.content.get("overlays", [])
        old = [one for one in overlays if all(isinstance(key, str) for key in one.get("posts", []))]
        for overlay in old:
            begins = f"{overlay['regulation']}-"
            ids = [one["id"] for one in version.content["clauses"]]
            clause = next(id for id in ids if id.startswith(begins))
            for name in LISTS:
                union = version.content.get(name, [])
                kept = overlay.get(name) or [one["key"] for one in union]
                overlay[name] = [
                    {"key": one["key"], "zh": one["zh"], "en": one["en"], "clause": clause}
                    for one in union
                    if one["key"] in kept
                ]
        if old:
            version.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0005_limits_of_reports")]

    operations = [migrations.RunPython(give_titles, migrations.RunPython.noop)]
