import decimal

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import expansion.clock
import expansion.records


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cycle",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("month", "month"), ("quarter", "quarter"), ("year", "year")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("start", models.DateField(verbose_name="from")),
                ("end", models.DateField(verbose_name="to")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("collecting", "collecting figures"),
                            ("self_review", "self-review"),
                            ("evaluation", "superior's evaluation"),
                            ("review", "manager's review"),
                            ("feedback", "result delivered"),
                            ("closed", "cycle closed"),
                        ],
                        default="planned",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                ("opened_at", models.DateTimeField(null=True, verbose_name="opened")),
                ("self_due_at", models.DateTimeField(null=True, verbose_name="self-review due")),
                (
                    "evaluation_due_at",
                    models.DateTimeField(null=True, verbose_name="evaluation due"),
                ),
                ("frozen_at", models.DateTimeField(null=True, verbose_name="evidence frozen")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
                (
                    "rulebook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.version",
                    ),
                ),
            ],
            options={
                "verbose_name": "appraisal cycle",
                "ordering": ["-start", "kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "start"), name="appraisal_cycle_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about_id", models.BigIntegerField(null=True)),
                ("about_label", models.CharField(blank=True, max_length=200)),
                ("label", models.CharField(max_length=200)),
                ("on", models.DateField()),
                ("value", models.DecimalField(decimal_places=6, max_digits=24)),
                ("counted", models.BooleanField(default=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "about_type",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "ordering": ["on", "pk"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["about_type", "about_id"], name="appraisal_e_about_t_6cdcde_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
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
                ("number", models.CharField(max_length=40, unique=True, verbose_name="number")),
                (
                    "contested",
                    models.CharField(blank=True, max_length=300, verbose_name="contested"),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("counted", "should not count"),
                            ("missing", "should count"),
                            ("value", "value is wrong"),
                            ("attribution", "belongs to somebody else"),
                            ("rating", "rating is not justified"),
                            ("other", "something else"),
                        ],
                        max_length=12,
                        verbose_name="ground",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="explanation")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("filed", "filed"),
                            ("accepted", "under review"),
                            ("decided", "decided"),
                        ],
                        default="filed",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("filed_at", models.DateTimeField(verbose_name="filed")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted")),
                ("decide_until", models.DateTimeField(null=True, verbose_name="decision due")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "result stands"), ("changed", "result changed")],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                (
                    "findings",
                    models.TextField(blank=True, max_length=4000, verbose_name="what was found"),
                ),
                (
                    "before",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "decided_for",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
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
                (
                    "evidence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="appeals",
                        to="appraisal.evidence",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "ordering": ["-filed_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["status", "filed_at"], name="appraisal_a_status_35e0be_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("status", "decided"), _negated=True),
                            ("evidence__isnull", False),
                        ),
                        fields=("evidence",),
                        name="one_open_appeal_per_record",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator", models.CharField(max_length=60)),
                ("part", models.CharField(max_length=60)),
                ("rated", models.BooleanField(default=False)),
                ("metric", models.CharField(blank=True, max_length=80)),
                ("value", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("target", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                (
                    "corrected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="appraisal.appeal",
                    ),
                ),
            ],
            options={
                "verbose_name": "figure",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="evidence",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="evidence",
                to="appraisal.line",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeals",
                to="appraisal.line",
            ),
        ),
        migrations.CreateModel(
            name="Participant",
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
                ("post", models.CharField(max_length=60)),
                ("kpi_set", models.CharField(max_length=60)),
                ("final_by", models.CharField(max_length=60)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("collecting", "collecting figures"),
                            ("self_review", "self-review"),
                            ("evaluation", "superior's evaluation"),
                            ("review", "manager's review"),
                            ("feedback", "result delivered"),
                            ("closed", "cycle closed"),
                        ],
                        default="collecting",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participants",
                        to="appraisal.cycle",
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
                    "superior",
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
                "verbose_name": "appraisal",
                "ordering": ["team__order", "pk"],
                "indexes": [
                    models.Index(fields=["owner", "stage"], name="appraisal_p_owner_i_cf1726_idx"),
                    models.Index(
                        fields=["superior", "stage"], name="appraisal_p_superio_cc72ec_idx"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "owner"), name="appraised_once_per_cycle"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="line",
            name="participant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="appraisal.participant",
            ),
        ),
        migrations.CreateModel(
            name="ConsequenceCase",
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
                ("rule", models.CharField(max_length=60)),
                ("periods", models.PositiveSmallIntegerField(verbose_name="periods in a row")),
                (
                    "facts",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "measure to be proposed"),
                            ("proposed", "measure proposed"),
                            ("lifted", "no longer founded"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("measure", models.CharField(blank=True, max_length=60, verbose_name="measure")),
                ("reason", models.TextField(blank=True, max_length=4000, verbose_name="reason")),
                ("proposed_at", models.DateTimeField(null=True)),
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
                    "proposed_by",
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
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case",
                        to="appraisal.participant",
                    ),
                ),
            ],
            options={
                "verbose_name": "consequence case",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="appeal",
            name="participant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeals",
                to="appraisal.participant",
            ),
        ),
        migrations.CreateModel(
            name="Result",
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
                ("computed", models.DecimalField(decimal_places=2, max_digits=6)),
                (
                    "adjustment",
                    models.DecimalField(decimal_places=2, default=decimal.Decimal, max_digits=5),
                ),
                ("reason", models.CharField(blank=True, max_length=1000, verbose_name="reason")),
                (
                    "score",
                    models.DecimalField(decimal_places=2, max_digits=6, verbose_name="score"),
                ),
                ("level", models.CharField(max_length=60, verbose_name="level")),
                (
                    "breakdown",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("finalized_at", models.DateTimeField(null=True, verbose_name="fixed")),
                ("delivered_at", models.DateTimeField(null=True, verbose_name="delivered")),
                ("appeal_until", models.DateTimeField(null=True, verbose_name="appeal until")),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="acknowledged")),
                (
                    "adjusted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finalized_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finalized_for",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="result",
                        to="appraisal.participant",
                    ),
                ),
                (
                    "rulebook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rulebook.version",
                    ),
                ),
            ],
            options={
                "verbose_name": "result",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Review",
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
                (
                    "party",
                    models.CharField(
                        choices=[("self", "self-review"), ("superior", "superior's evaluation")],
                        max_length=10,
                    ),
                ),
                (
                    "achievements",
                    models.TextField(blank=True, max_length=4000, verbose_name="achievements"),
                ),
                (
                    "problems",
                    models.TextField(blank=True, max_length=4000, verbose_name="problems"),
                ),
                (
                    "plan",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="plan for the next period"
                    ),
                ),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="submitted")),
                ("late", models.BooleanField(default=False)),
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
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="appraisal.participant",
                    ),
                ),
            ],
            options={
                "verbose_name": "appraisal form",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("participant", "party"), name="one_review_per_party"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("indicator", models.CharField(max_length=60)),
                (
                    "score",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, null=True, verbose_name="score"
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=1000, verbose_name="comment")),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="appraisal.review",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("review", "indicator"), name="rating_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score", None), ("score__range", (0, 100)), _connector="OR"
                        ),
                        name="rating_from_0_to_100",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
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
                ("indicator", models.CharField(max_length=60)),
                ("part", models.CharField(max_length=60)),
                (
                    "value",
                    models.DecimalField(decimal_places=4, max_digits=18, verbose_name="target"),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="appraisal.cycle",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
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
                    ),
                ),
            ],
            options={
                "verbose_name": "target",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("cycle", "person", "indicator", "part"),
                        name="one_target_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person", None)),
                        fields=("cycle", "team", "indicator", "part"),
                        name="one_target_per_team",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gt", 0)), name="appraisal_target_above_0"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkbookExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("exported", models.PositiveIntegerField()),
                ("held", models.PositiveIntegerField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exports",
                        to="appraisal.cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "appraisal workbook",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(
                fields=("participant", "indicator", "part"), name="appraisal_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("status", "decided"), _negated=True),
                    ("evidence", None),
                    ("line__isnull", False),
                ),
                fields=("line",),
                name="one_open_appeal_per_figure",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("status", "decided"), _negated=True), ("line", None)),
                fields=("participant",),
                name="one_open_appeal_per_result",
            ),
        ),
    ]
