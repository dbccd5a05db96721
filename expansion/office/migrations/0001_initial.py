import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import expansion.clock
import expansion.records


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkReport",
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
                ("kind", models.CharField(max_length=60)),
                ("period", models.CharField(max_length=10)),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("remind_at", models.DateTimeField()),
                ("to_role", models.CharField(max_length=60)),
                ("outline", models.JSONField(default=dict)),
                ("rules_version", models.CharField(max_length=40)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("due", "to hand in"),
                            ("draft", "drafted"),
                            ("submitted", "handed in"),
                            ("read", "seen"),
                        ],
                        default="due",
                        max_length=10,
                    ),
                ),
                (
                    "figures",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("covers_from", models.DateTimeField(null=True)),
                ("covers_until", models.DateTimeField(null=True)),
                ("texts", models.JSONField(default=dict)),
                ("plan", models.JSONField(default=list)),
                ("results", models.JSONField(default=list)),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="handed in at")),
                ("late", models.BooleanField(default=False, verbose_name="handed in late")),
                ("read_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("overdue_told_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "work report",
                "verbose_name_plural": "work reports",
                "ordering": ["-begins_on", "-pk"],
                "indexes": [
                    models.Index(fields=["kind", "period"], name="office_work_kind_e9f0da_idx"),
                    models.Index(
                        fields=["owner", "-begins_on"], name="office_work_owner_i_320c39_idx"
                    ),
                    models.Index(fields=["status", "due_at"], name="office_work_status_f038b8_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "kind", "period"), name="work_report_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text", models.CharField(max_length=1000)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="office.workreport",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
