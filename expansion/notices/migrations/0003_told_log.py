import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("notices", "0002_wishes_robots_wordings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Told",
            fields=[],
            options={
                "verbose_name": "notice in the application",
                "verbose_name_plural": "notices in the application",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("notices.notice",),
        ),
        migrations.AlterField(
            model_name="mail",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "in the queue"),
                    ("sending", "being sent"),
                    ("sent", "sent"),
                    ("failed", "failed"),
                    ("unsent", "no mail server"),
                    ("dropped", "dropped"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="within",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="notices.notice",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("within__isnull", False)),
                fields=["within"],
                name="notice_within",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("within__isnull", True)),
                fields=["-at", "-id"],
                name="notice_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("within__isnull", True)),
                fields=["kind", "-at", "-id"],
                name="notice_listed_kind",
            ),
        ),
    ]
