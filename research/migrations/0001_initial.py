import django.core.validators
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
            name="Finding",
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
                ("source", models.CharField(max_length=60, verbose_name="source")),
                (
                    "origin",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="publication or person"
                    ),
                ),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("category", models.CharField(blank=True, max_length=60, verbose_name="topic")),
                ("collected_on", models.DateField(verbose_name="collected on")),
                (
                    "period",
                    models.CharField(blank=True, max_length=40, verbose_name="period it speaks of"),
                ),
                ("text", models.TextField(max_length=8000, verbose_name="what it says")),
                ("logged_at", models.DateTimeField(editable=False, verbose_name="logged")),
                ("due_at", models.DateTimeField(editable=False, null=True, verbose_name="due")),
                ("late", models.BooleanField(default=False, editable=False, verbose_name="late")),
                (
                    "validity",
                    models.CharField(
                        choices=[
                            ("unscreened", "to be screened"),
                            ("valid", "valid"),
                            ("invalid", "invalid"),
                        ],
                        default="unscreened",
                        editable=False,
                        max_length=10,
                        verbose_name="validity",
                    ),
                ),
                ("invalid_reason", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="published"),
                ),
                (
                    "adopted_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="adopted"),
                ),
                (
                    "adopted_for",
                    models.CharField(blank=True, max_length=300, verbose_name="decision it served"),
                ),
                (
                    "adopted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "screened_by",
                    models.ForeignKey(
                        editable=False,
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
                "verbose_name": "finding",
                "verbose_name_plural": "findings",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        fields=["owner", "logged_at"], name="research_fi_owner_i_d6650d_idx"
                    ),
                    models.Index(fields=["team", "-id"], name="research_fi_team_id_66417f_idx"),
                    models.Index(fields=["adopted_at"], name="research_fi_adopted_9cf5c5_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("validity", "invalid"), _negated=True),
                            models.Q(("invalid_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="finding_invalid_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None), ("validity", "valid"), _connector="OR"
                        ),
                        name="finding_published_is_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="research.finding",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ResearchPlan",
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
                ("outline", models.JSONField(default=list, editable=False)),
                ("texts", models.JSONField(default=dict, editable=False)),
                ("rules_version", models.CharField(editable=False, max_length=40)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "due_on",
                    models.DateField(blank=True, null=True, verbose_name="information due by"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_approval", "in approval"),
                            ("returned", "returned"),
                            ("rejected", "rejected"),
                            ("approved", "approved"),
                            ("running", "being carried out"),
                            ("finished", "finished"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=12,
                        verbose_name="status",
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
                "verbose_name": "research plan",
                "verbose_name_plural": "research plans",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["team", "status"], name="research_re_team_id_c29a30_idx")
                ],
            },
        ),
        migrations.AddField(
            model_name="finding",
            name="plan",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="research.researchplan",
                verbose_name="plan",
            ),
        ),
        migrations.CreateModel(
            name="ResearchReport",
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
                ("outline", models.JSONField(default=list, editable=False)),
                ("texts", models.JSONField(default=dict, editable=False)),
                ("rules_version", models.CharField(editable=False, max_length=40)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("search", models.TextField(editable=False)),
                (
                    "number",
                    models.CharField(
                        blank=True, editable=False, max_length=40, verbose_name="number"
                    ),
                ),
                ("period", models.CharField(max_length=10, verbose_name="period")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_approval", "in approval"),
                            ("returned", "returned"),
                            ("rejected", "rejected"),
                            ("approved", "approved"),
                            ("distributed", "distributed"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "approved_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="approved"),
                ),
                (
                    "distributed_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="distributed"),
                ),
                ("digest", models.CharField(blank=True, editable=False, max_length=64)),
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
                    "findings",
                    models.ManyToManyField(
                        related_name="reports", through="research.Citation", to="research.finding"
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
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="research.researchplan",
                        verbose_name="plan",
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
                "verbose_name": "research report",
                "verbose_name_plural": "research reports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["owner", "status"], name="research_re_owner_i_2f6842_idx"),
                    models.Index(fields=["team", "status"], name="research_re_team_id_4a0b0d_idx"),
                    models.Index(fields=["approved_at"], name="research_re_approve_084143_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="research_report_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["approved", "distributed"]), _negated=True),
                            ("approved_at__isnull", False),
                            _connector="OR",
                        ),
                        name="research_report_passed_has_its_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="research.researchreport",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("unit", None)),
                            models.Q(("person", None), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="research_recipient_one_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("unit__isnull", False)),
                        fields=("report", "unit"),
                        name="research_recipient_unit",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("report", "person"),
                        name="research_recipient_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("read_at", models.DateTimeField(null=True, verbose_name="read")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="research.researchreport",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        fields=["person", "read_at"], name="research_re_person__6a9670_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "person"), name="research_receipt_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "accuracy",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="accuracy",
                    ),
                ),
                (
                    "completeness",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="completeness",
                    ),
                ),
                (
                    "depth",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="depth",
                    ),
                ),
                (
                    "usefulness",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="usefulness",
                    ),
                ),
                ("checklist", models.JSONField(default=list)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("rules_version", models.CharField(max_length=40)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "for_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="research.researchreport",
                    ),
                ),
            ],
            options={
                "ordering": ["round"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "round"), name="research_reviewed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accuracy__lte", 100),
                            ("completeness__lte", 100),
                            ("depth__lte", 100),
                            ("usefulness__lte", 100),
                        ),
                        name="research_review_points",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="citation",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="citations",
                to="research.researchreport",
            ),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.UniqueConstraint(
                fields=("report", "finding"), name="research_cited_once"
            ),
        ),
    ]
