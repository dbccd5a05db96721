import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def as_before(apps, schema_editor):
    """Of an appeal that is filed, whoever handled it decides it, and it lies with them."""
    handler = (
        apps.get_model("appraisal", "Participant")
        .objects.filter(pk=OuterRef("participant"))
        .values("appeals_by")
    )
    appeals = apps.get_model("appraisal", "Appeal").objects
    appeals.update(handled_by=Subquery(handler), lies_with=Subquery(handler))


class Migration(migrations.Migration):
    dependencies = [
        ("appraisal", "0003_deciders_of_measures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("appeal", "handled_by", models.CharField(default="", max_length=60)),
        migrations.AddField(
            "appeal",
            "lies_with",
            models.CharField(default="", max_length=60, verbose_name="lies with"),
        ),
        migrations.RunPython(as_before, migrations.RunPython.noop),
        migrations.AlterField("appeal", "handled_by", models.CharField(max_length=60)),
        migrations.AlterField(
            "appeal", "lies_with", models.CharField(max_length=60, verbose_name="lies with")
        ),
        migrations.AddField(
            "appeal",
            "first",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="second",
                to="appraisal.appeal",
            ),
        ),
        migrations.AddField(
            "appeal",
            "further_until",
            models.DateTimeField(null=True, verbose_name="second instance until"),
        ),
        migrations.AlterField(
            "appeal",
            "status",
            models.CharField(
                choices=[
                    ("filed", "filed"),
                    ("accepted", "under review"),
                    ("investigated", "facts gathered"),
                    ("decided", "decided"),
                ],
                default="filed",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.CreateModel(
            name="Preparation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("role", models.CharField(max_length=60)),
                ("since", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True, verbose_name="facts due")),
                ("facts", models.TextField(blank=True, max_length=4000, verbose_name="facts")),
                ("at", models.DateTimeField(null=True, verbose_name="handed on")),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="preparations",
                        to="appraisal.appeal",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by_for",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "preparation of an appeal", "ordering": ["place"]},
        ),
        migrations.AddConstraint(
            "preparation",
            models.UniqueConstraint(fields=("appeal", "place"), name="appeal_prepared_in_order"),
        ),
    ]
