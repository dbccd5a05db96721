from django.db import migrations, models

import expansion.clock
import expansion.records


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_account_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="LoginPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=expansion.clock.now, editable=False, verbose_name="created"
                    ),
                ),
                (
                    "updated_at",
                    expansion.records.ChangedAt(
                        default=expansion.clock.now, editable=False, verbose_name="changed"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("factor_roles", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "rules for logging in",
            },
        ),
    ]
