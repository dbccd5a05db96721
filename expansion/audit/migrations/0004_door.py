"""The door of an act: the API token by its name, and rehearsals."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_label")]

    operations = [
        migrations.AddField(
            "entry",
            "token",
            models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AlterField(
            "entry",
            "source",
            models.CharField(
                choices=[
                    ("page", "page"),
                    ("api", "API"),
                    ("import", "import"),
                    ("task", "task"),
                    ("command", "command"),
                    ("rehearsal", "rehearsal"),
                ],
                max_length=10,
            ),
        ),
    ]
