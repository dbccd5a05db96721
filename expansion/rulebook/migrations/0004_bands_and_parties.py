"""Bands of a bonus and the cycles of a party say where they come from, as all values do."""

from django.db import migrations


def give_origins(apps, schema_editor):
    """In every version that is kept; what was read of the regulation until then was our reading."""
    for version in apps.get_model("rulebook", "Version").objects.all():
        bands = version.content.get("bonus", {}).get("bands", [])
        parties = version.content.get("appraisal", {}).get("parties", [])
        old = [one for one in bands if "key" not in one]
        plain = [one for one in parties if isinstance(one["cycles"], list)]
        for one in old:
            start, ratio = str(one["starts_at"]), str(one["ratio"])
            words = {"key": f"from_{start}".replace(".", "_"), "zh": f"{start} 分起"}
            one |= {**words, "en": f"From {start}"}
            one |= {"starts_at": _proposed(start), "ratio": _proposed(ratio)}
        for one in plain:
            one["cycles"] = _proposed(one["cycles"])
        if old or plain:
            version.save(update_fields=["content"])


def _proposed(value):
    return {"value": value, "source": "proposal", "clause": None, "note": ""}


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0003_following")]

    operations = [migrations.RunPython(give_origins, migrations.RunPython.noop)]
