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
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Client",
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
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("firm", "firm"), ("person", "private person")],
                        default="firm",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("identity", models.CharField(editable=False, max_length=400)),
                ("search", models.TextField(editable=False)),
                (
                    "credit_code",
                    models.CharField(blank=True, max_length=18, verbose_name="credit code"),
                ),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="industry")),
                (
                    "size",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="headcount"),
                ),
                (
                    "business_scope",
                    models.CharField(blank=True, max_length=300, verbose_name="business scope"),
                ),
                (
                    "preferences",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="needs and preferences"
                    ),
                ),
                ("region", models.CharField(blank=True, max_length=60, verbose_name="region")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("source", models.CharField(blank=True, max_length=40, verbose_name="source")),
                ("grade", models.CharField(blank=True, max_length=20, verbose_name="grade")),
                ("major", models.BooleanField(default=False, verbose_name="major client")),
                (
                    "size_rating",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "1 – low"),
                            (2, "2 – modest"),
                            (3, "3 – middle"),
                            (4, "4 – high"),
                            (5, "5 – very high"),
                        ],
                        null=True,
                        verbose_name="size, rated",
                    ),
                ),
                (
                    "spending_rating",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "1 – low"),
                            (2, "2 – modest"),
                            (3, "3 – middle"),
                            (4, "4 – high"),
                            (5, "5 – very high"),
                        ],
                        null=True,
                        verbose_name="spending potential",
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=40, verbose_name="stage")),
                ("note", models.TextField(blank=True, max_length=4000, verbose_name="note")),
                (
                    "first_contact_on",
                    models.DateField(editable=False, null=True, verbose_name="first contact"),
                ),
                (
                    "last_contact_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="last contact"),
                ),
                (
                    "last_visit_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="last visit"),
                ),
                (
                    "next_contact_on",
                    models.DateField(blank=True, null=True, verbose_name="next contact"),
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
                "verbose_name": "client",
                "verbose_name_plural": "clients",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["owner", "stage"], name="crm_client_owner_i_40544c_idx"),
                    models.Index(fields=["team", "stage"], name="crm_client_team_id_491ca9_idx"),
                    models.Index(
                        fields=["owner", "next_contact_on"], name="crm_client_owner_i_6a99e0_idx"
                    ),
                    models.Index(
                        fields=["owner", "-last_visit_at"], name="crm_client_owner_i_15041d_idx"
                    ),
                    models.Index(
                        fields=["next_contact_on", "-id"], name="crm_client_next_co_d3a30e_idx"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("kind", "firm")),
                        fields=("identity",),
                        name="client_firm",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("deleted_at", None), models.Q(("credit_code", ""), _negated=True)
                        ),
                        fields=("credit_code",),
                        name="client_credit_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClientRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("prospect", "prospect"),
                            ("client", "client"),
                            ("partner", "partner"),
                            ("merchant", "merchant"),
                            ("channel", "channel"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="crm.client",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("client", "role"), name="client_role_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
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
                ("name", models.CharField(blank=True, max_length=60, verbose_name="name")),
                ("post", models.CharField(blank=True, max_length=60, verbose_name="post")),
                ("birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
                ("main", models.BooleanField(default=False, verbose_name="main contact")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="crm.client",
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
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ["-main", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Communication",
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
                ("channel", models.CharField(max_length=40, verbose_name="channel")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("reached", models.BooleanField(default=True, verbose_name="reached")),
                ("said", models.TextField(max_length=4000, verbose_name="what was said")),
                ("needs", models.TextField(blank=True, max_length=2000, verbose_name="needs")),
                (
                    "concerns",
                    models.TextField(blank=True, max_length=2000, verbose_name="concerns"),
                ),
                (
                    "interest",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("high", "high interest"),
                            ("some", "some interest"),
                            ("none", "no interest"),
                        ],
                        max_length=4,
                        verbose_name="interest",
                    ),
                ),
                (
                    "next_contact_on",
                    models.DateField(blank=True, null=True, verbose_name="next contact"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communications",
                        to="crm.client",
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
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communications",
                        to="crm.contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact record",
                "verbose_name_plural": "contact records",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["client", "-at"], name="crm_communi_client__c71ff4_idx"),
                    models.Index(fields=["by", "-at"], name="crm_communi_by_id_9a63bf_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("phone", "phone"), ("email", "e-mail")], max_length=5
                    ),
                ),
                ("value", models.CharField(db_index=True, max_length=120)),
                ("extension", models.CharField(blank=True, max_length=6)),
                ("tail", models.CharField(blank=True, db_index=True, max_length=4)),
                (
                    "added_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="crm.client",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="points",
                        to="crm.contact",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("contact", "value"), name="contact_point_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Contract",
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
                (
                    "number",
                    models.CharField(
                        blank=True, editable=False, max_length=40, verbose_name="number"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sale", "services sold"),
                            ("cooperation", "cooperation"),
                            ("purchase", "purchase"),
                            ("lease", "lease"),
                            ("other", "other"),
                        ],
                        default="sale",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(default="CNY", max_length=3, verbose_name="currency"),
                ),
                (
                    "starts_on",
                    models.DateField(blank=True, null=True, verbose_name="in force from"),
                ),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends on")),
                (
                    "scope",
                    models.TextField(
                        blank=True, max_length=8000, verbose_name="content of the contract"
                    ),
                ),
                (
                    "duties",
                    models.TextField(blank=True, max_length=8000, verbose_name="rights and duties"),
                ),
                ("payment", models.TextField(blank=True, max_length=8000, verbose_name="payment")),
                (
                    "special",
                    models.TextField(
                        blank=True, max_length=8000, verbose_name="changes to our usual clauses"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_approval", "in approval"),
                            ("returned", "returned"),
                            ("approved", "approved, to be signed"),
                            ("rejected", "rejected"),
                            ("signed", "signed"),
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
                ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "signed_on",
                    models.DateField(editable=False, null=True, verbose_name="signed on"),
                ),
                (
                    "signed_by_us",
                    models.CharField(blank=True, max_length=60, verbose_name="signed for us by"),
                ),
                (
                    "signed_by_them",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="signed for the client by"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="crm.client",
                        verbose_name="client",
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
                "verbose_name": "contract",
                "verbose_name_plural": "contracts",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        fields=["client", "status"], name="crm_contrac_client__f3badc_idx"
                    ),
                    models.Index(fields=["owner", "status"], name="crm_contrac_owner_i_912501_idx"),
                    models.Index(
                        fields=["status", "ends_on"], name="crm_contrac_status_550fd1_idx"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="contract_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_on", None),
                            models.Q(("approved_at__isnull", False), ("status", "signed")),
                            _connector="OR",
                        ),
                        name="contract_signed_after_approval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="contract_term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                        name="contract_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lead",
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
                ("need", models.TextField(blank=True, max_length=2000, verbose_name="need")),
                ("source", models.CharField(blank=True, max_length=40, verbose_name="source")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("working", "in work"),
                            ("effective", "effective"),
                            ("converted", "converted"),
                            ("invalid", "invalid"),
                        ],
                        default="new",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "effective_on",
                    models.DateField(editable=False, null=True, verbose_name="effective since"),
                ),
                (
                    "closed_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=1000, verbose_name="reason"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="crm.client",
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
                "verbose_name": "lead",
                "verbose_name_plural": "leads",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["owner", "status"], name="crm_lead_owner_i_452e45_idx"),
                    models.Index(fields=["team", "status"], name="crm_lead_team_id_7a0fd9_idx"),
                    models.Index(
                        fields=["owner", "effective_on"], name="crm_lead_owner_i_32e275_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_on", None),
                            ("status__in", ["effective", "converted"]),
                            _connector="OR",
                        ),
                        name="lead_effective_counts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LeadCondition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("met", models.BooleanField()),
                ("on", models.DateField()),
                ("evidence", models.CharField(max_length=500, verbose_name="evidence")),
                ("overruled", models.BooleanField(default=False)),
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
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conditions",
                        to="crm.lead",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        fields=["lead", "key", "-id"], name="crm_leadcon_lead_id_60af41_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Obligation",
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
                        choices=[("us", "we"), ("them", "the client")],
                        max_length=4,
                        verbose_name="who owes it",
                    ),
                ),
                ("what", models.CharField(max_length=200, verbose_name="what")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due on")),
                ("done_on", models.DateField(editable=False, null=True, verbose_name="done on")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="obligations",
                        to="crm.contract",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "obligation",
                "verbose_name_plural": "obligations",
                "ordering": ["due_on", "pk"],
                "indexes": [
                    models.Index(
                        fields=["done_on", "due_on"], name="crm_obligat_done_on_8b872b_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gt", 0), _connector="OR"),
                        name="obligation_amount",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Opportunity",
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
                ("need", models.TextField(blank=True, max_length=2000, verbose_name="need")),
                ("stage", models.CharField(max_length=40, verbose_name="stage")),
                (
                    "stage_since",
                    models.DateTimeField(editable=False, verbose_name="in this stage since"),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        choices=[
                            ("CNY", "CNY"),
                            ("HKD", "HKD"),
                            ("MOP", "MOP"),
                            ("TWD", "TWD"),
                            ("USD", "USD"),
                            ("EUR", "EUR"),
                        ],
                        default="CNY",
                        max_length=3,
                        verbose_name="currency",
                    ),
                ),
                (
                    "probability",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="In percent.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="probability",
                    ),
                ),
                (
                    "expected_on",
                    models.DateField(blank=True, null=True, verbose_name="expected signing"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "in work"), ("won", "won"), ("lost", "lost")],
                        default="open",
                        editable=False,
                        max_length=5,
                        verbose_name="status",
                    ),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "closed_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=1000, verbose_name="reason"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="crm.client",
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
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="crm.lead",
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
                "verbose_name": "opportunity",
                "verbose_name_plural": "opportunities",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        fields=["status", "stage", "owner"], name="crm_opportu_status_2958b4_idx"
                    ),
                    models.Index(
                        fields=["status", "stage", "team"], name="crm_opportu_status_bed07e_idx"
                    ),
                    models.Index(
                        fields=["client", "status"], name="crm_opportu_client__f3f707_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                        name="opportunity_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("status", "open")),
                            models.Q(
                                models.Q(("status", "open"), _negated=True),
                                ("closed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="opportunity_closed_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PositionConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="position_consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("person",),
                        name="position_consent_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StageMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_stage", models.CharField(blank=True, max_length=40)),
                ("to_stage", models.CharField(max_length=40)),
                ("back", models.BooleanField(default=False)),
                ("missing", models.JSONField(default=list)),
                ("reason", models.CharField(blank=True, max_length=1000)),
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
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="crm.opportunity",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Visit",
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
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                            ("missed", "missed"),
                        ],
                        default="planned",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=300, verbose_name="purpose")),
                (
                    "materials",
                    models.CharField(blank=True, max_length=300, verbose_name="materials"),
                ),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                (
                    "planned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="planned for"),
                ),
                (
                    "took_place_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="took place"),
                ),
                (
                    "arrived_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="checked in"),
                ),
                ("latitude", models.FloatField(editable=False, null=True)),
                ("longitude", models.FloatField(editable=False, null=True)),
                ("accuracy", models.PositiveIntegerField(editable=False, null=True)),
                ("position_age", models.PositiveIntegerField(editable=False, null=True)),
                ("distance", models.PositiveIntegerField(editable=False, null=True)),
                ("manual_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("outcomes", models.JSONField(blank=True, default=list, verbose_name="outcome")),
                (
                    "said",
                    models.TextField(blank=True, max_length=4000, verbose_name="what was said"),
                ),
                ("needs", models.TextField(blank=True, max_length=2000, verbose_name="needs")),
                (
                    "opinions",
                    models.TextField(blank=True, max_length=2000, verbose_name="opinions"),
                ),
                (
                    "concerns",
                    models.TextField(blank=True, max_length=2000, verbose_name="concerns"),
                ),
                (
                    "next_contact_on",
                    models.DateField(blank=True, null=True, verbose_name="next contact"),
                ),
                (
                    "due_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="record due"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="recorded"),
                ),
                ("late", models.BooleanField(default=False, editable=False, verbose_name="late")),
                (
                    "closed_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=1000, verbose_name="reason"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="crm.client",
                    ),
                ),
                (
                    "contacts",
                    models.ManyToManyField(blank=True, related_name="visits", to="crm.contact"),
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
                (
                    "visitor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="visitor",
                    ),
                ),
            ],
            options={
                "verbose_name": "visit",
                "verbose_name_plural": "visits",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        fields=["visitor", "status", "planned_at"],
                        name="crm_visit_visitor_eec50f_idx",
                    ),
                    models.Index(
                        fields=["visitor", "took_place_at"], name="crm_visit_visitor_0fac53_idx"
                    ),
                    models.Index(
                        fields=["client", "-took_place_at"], name="crm_visit_client__ada02e_idx"
                    ),
                    models.Index(
                        fields=["status", "planned_at"], name="crm_visit_status_71943f_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True),
                            models.Q(
                                ("recorded_at__isnull", False),
                                ("took_place_at__isnull", False),
                                models.Q(("said", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="visit_done_is_recorded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "done"), ("planned_at__isnull", False), _connector="OR"
                        ),
                        name="visit_is_planned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text", models.TextField(max_length=2000)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="crm.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="VisitReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="crm.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("visit", "person"), name="visit_read_once")
                ],
            },
        ),
    ]
