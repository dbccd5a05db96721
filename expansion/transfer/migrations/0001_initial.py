import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import expansion.clock
import expansion.records


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
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
                ("importer", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("key", models.CharField(blank=True, max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("checking", "being checked"),
                            ("checked", "checked"),
                            ("writing", "being imported"),
                            ("done", "imported"),
                            ("undone", "undone"),
                            ("failed", "not readable"),
                        ],
                        default="checking",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("sheet", models.CharField(blank=True, max_length=100)),
                ("sheets", models.JSONField(default=list)),
                ("header_row", models.PositiveIntegerField(default=0)),
                ("headers", models.JSONField(default=dict)),
                ("mapping", models.JSONField(default=dict)),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("from_1904", models.BooleanField(default=False)),
                ("remarks", models.JSONField(default=list)),
                ("total", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("counts", models.JSONField(default=dict)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("done_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("last_entry", models.BigIntegerField(default=0)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["actor", "-id"], name="transfer_im_actor_i_82bbae_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("cells", models.JSONField(default=list)),
                ("label", models.CharField(blank=True, max_length=200)),
                ("identity", models.CharField(blank=True, max_length=400)),
                ("problems", models.JSONField(default=list)),
                ("marked", models.BooleanField(default=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "New records"),
                            ("updated", "Filled in"),
                            ("suspect", "Likely duplicate"),
                            ("duplicate", "There already"),
                            ("refused", "Not imported"),
                            ("ignored", "No record"),
                        ],
                        default="ignored",
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("merge", "Merge into the one there"),
                            ("create", "Create anyway"),
                            ("skip", "Skip this row"),
                        ],
                        max_length=6,
                    ),
                ),
                ("match", models.BigIntegerField(null=True)),
                ("record", models.BigIntegerField(null=True)),
                (
                    "written",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("undone", models.BooleanField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="transfer.import",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(
                        fields=["batch", "outcome", "number"], name="transfer_im_batch_i_26d414_idx"
                    ),
                    models.Index(
                        fields=["batch", "identity"], name="transfer_im_batch_i_64392e_idx"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="import_row_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
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
                ("listing", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=100, verbose_name="list")),
                ("query", models.TextField(blank=True, verbose_name="selection")),
                (
                    "file_format",
                    models.CharField(
                        choices=[("xlsx", "Excel workbook (.xlsx)"), ("csv", "Text table (.csv)")],
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("writing", "being written"),
                            ("ready", "ready"),
                            ("forgotten", "file deleted"),
                        ],
                        default="writing",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0, verbose_name="rows")),
                (
                    "revealed",
                    models.PositiveIntegerField(default=0, verbose_name="numbers in full"),
                ),
                ("key", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["actor", "-id"], name="transfer_ex_actor_i_b939b3_idx")
                ],
            },
        ),
    ]
