import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import expansion.clock
import expansion.records


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("crm", "0001_initial"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
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
                ("kind", models.CharField(max_length=40, verbose_name="kind of partner")),
                ("source", models.CharField(blank=True, max_length=40, verbose_name="source")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prospect", "possible partner"),
                            ("talks", "in talks"),
                            ("partner", "partner"),
                            ("ended", "cooperation ended"),
                        ],
                        default="prospect",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "capacity",
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="what they can contribute"
                    ),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="relation, 1 to 5"
                    ),
                ),
                ("since", models.DateField(editable=False, verbose_name="since")),
                ("ended_on", models.DateField(editable=False, null=True, verbose_name="ended on")),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner",
                        to="crm.client",
                        verbose_name="client",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating", None), ("rating__range", (1, 5)), _connector="OR"
                        ),
                        name="partner_rating",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
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
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("search", models.TextField(editable=False)),
                ("stage", models.CharField(editable=False, max_length=40, verbose_name="stage")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("running", "under way"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("planned_start", models.DateField(verbose_name="planned start")),
                ("planned_end", models.DateField(verbose_name="planned end")),
                (
                    "started_on",
                    models.DateField(editable=False, null=True, verbose_name="started on"),
                ),
                ("ended_on", models.DateField(editable=False, null=True, verbose_name="ended on")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="expected amount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                (
                    "scheme",
                    models.TextField(
                        blank=True, max_length=8000, verbose_name="cooperation scheme"
                    ),
                ),
                (
                    "resources",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="people, material, money"
                    ),
                ),
                (
                    "evaluation",
                    models.TextField(blank=True, max_length=8000, verbose_name="evaluation"),
                ),
                (
                    "closed_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=1000, verbose_name="reason"
                    ),
                ),
                (
                    "contract",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project",
                        to="crm.contract",
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="partnerships.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "rules_version",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.version",
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
                "verbose_name": "project",
                "verbose_name_plural": "projects",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["owner", "status"], name="partnership_owner_i_5a0e79_idx"),
                    models.Index(fields=["team", "status"], name="partnership_team_id_12d822_idx"),
                    models.Index(fields=["status", "stage"], name="partnership_status_1b3020_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("planned_end__gte", models.F("planned_start"))),
                        name="project_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                        name="project_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
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
                ("title", models.CharField(max_length=120, verbose_name="phase")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("done_on", models.DateField(editable=False, null=True, verbose_name="done on")),
                (
                    "done_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="responsible",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="partnerships.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["due_on", "pk"],
                "indexes": [
                    models.Index(
                        fields=["done_on", "due_on"], name="partnership_done_on_eefbcd_idx"
                    ),
                    models.Index(fields=["owner", "due_on"], name="partnership_owner_i_d375db_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checked_on", models.DateField(verbose_name="checked on")),
                ("progress", models.PositiveSmallIntegerField(verbose_name="progress, percent")),
                ("rating", models.PositiveSmallIntegerField(verbose_name="quality, 1 to 5")),
                (
                    "findings",
                    models.TextField(blank=True, max_length=2000, verbose_name="what was found"),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="partnerships.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "check",
                "verbose_name_plural": "checks",
                "ordering": ["-checked_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("progress__range", (0, 100)), ("rating__range", (1, 5))
                        ),
                        name="project_check_range",
                    )
                ],
            },
        ),
    ]
