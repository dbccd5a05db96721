from django.db import migrations, models

SCOPES = [("read", "reads only"), ("write", "reads and writes")]


def scope(default: str) -> models.CharField:
    return models.CharField(
        choices=SCOPES, default=default, max_length=5, verbose_name="what it may do"
    )


class Migration(migrations.Migration):
    """Tokens made before keep what they could do; new ones read unless they say more."""

    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField("token", "scope", scope("write")),
        migrations.AlterField("token", "scope", scope("read")),
        migrations.AddField(
            "user", "sessions_ended", models.PositiveIntegerField(default=0, editable=False)
        ),
    ]
