"""A missed check is told as everything overdue is; what was told of it before stays told."""

from django.db import migrations
from django.db.models import Value
from django.db.models.functions import Replace

BEFORE, NOW = "partnerships.check.missed", "partnerships.check.overdue"


def rename_kind(apps, schema_editor):
    """With the keys, so that nobody hears of the same check twice, and with an administrator's own
    words for it."""
    for name in ("Notice", "Mail", "Wording"):
        apps.get_model("notices", name).objects.filter(kind=BEFORE).update(kind=NOW)
    told = apps.get_model("notices", "Notice").objects.filter(key__startswith=f"{BEFORE}.")
    told.update(key=Replace("key", Value(BEFORE), Value(NOW)))


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0002_shares"), ("notices", "0003_told_log")]

    operations = [migrations.RunPython(rename_kind, migrations.RunPython.noop)]
