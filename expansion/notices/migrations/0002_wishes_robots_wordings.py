import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import expansion.clock
import expansion.records

# The groups of events there are as this is written; account and security always come.
SWITCHED = ("approvals", "deadlines", "sharing", "work", "personnel", "appraisal")


def wish_everything(apps, schema_editor):
    """Who wanted mails wants those of every group, at once as before."""
    preferences = apps.get_model("notices", "Preference").objects.filter(email=True)
    preferences.update(wishes=dict.fromkeys(SWITCHED, "at_once"))


def describe_mails(apps, schema_editor):
    """What stood with the notice alone: its kind, whose it is, and when it was told."""
    Mail, Notice = apps.get_model("notices", "Mail"), apps.get_model("notices", "Notice")
    notice = Notice.objects.filter(pk=models.OuterRef("notice"))
    Mail.objects.update(
        kind=models.Subquery(notice.values("kind")),
        person=models.Subquery(notice.values("person")),
        created_at=models.Subquery(notice.values("at")),
    )
    Mail.objects.filter(attempts__gt=0).update(batch=models.F("message_id"))
    # PostgreSQL adds no index to a table whose new rows it still has to check.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
        ("people", "0008_login_policy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Wording",
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
                ("kind", models.CharField(max_length=80)),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("zh-hans", "简体中文"),
                            ("zh-hant", "繁體中文"),
                            ("en", "English"),
                        ],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("text", models.CharField(blank=True, max_length=1000, verbose_name="text")),
            ],
            options={
                "verbose_name": "wording of a notice",
                "verbose_name_plural": "wordings of notices",
                "ordering": ["kind", "language"],
            },
        ),
        migrations.AlterModelOptions(
            name="mail",
            options={
                "ordering": ["pk"],
                "verbose_name": "sent notice",
                "verbose_name_plural": "sent notices",
            },
        ),
        migrations.AddField(
            model_name="mail",
            name="batch",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="mail",
            name="count",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="mail",
            name="created_at",
            field=models.DateTimeField(default=expansion.clock.now),
        ),
        migrations.AddField(
            model_name="mail",
            name="digest",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="mail",
            name="kind",
            field=models.CharField(default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="mail",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="url",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="notice",
            name="within",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="notices.notice",
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="digest_at",
            field=models.TimeField(blank=True, null=True, verbose_name="daily digest at"),
        ),
        migrations.AddField(
            model_name="preference",
            name="quiet_days",
            field=models.BooleanField(default=False, verbose_name="quiet on days off"),
        ),
        migrations.AddField(
            model_name="preference",
            name="quiet_from",
            field=models.TimeField(blank=True, null=True, verbose_name="quiet from"),
        ),
        migrations.AddField(
            model_name="preference",
            name="quiet_to",
            field=models.TimeField(blank=True, null=True, verbose_name="quiet until"),
        ),
        migrations.AddField(
            model_name="preference",
            name="wishes",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="mail",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="error",
            field=models.CharField(blank=True, max_length=300, verbose_name="error"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="notice",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mail",
                to="notices.notice",
            ),
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
                ],
                default="waiting",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="to",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.CreateModel(
            name="Robot",
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
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wecom", "WeCom"),
                            ("dingtalk", "DingTalk"),
                            ("feishu", "Feishu"),
                        ],
                        max_length=10,
                        verbose_name="platform",
                    ),
                ),
                (
                    "variable",
                    models.CharField(max_length=60, verbose_name="variable of the environment"),
                ),
                ("groups", models.JSONField(default=list, verbose_name="events")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("zh-hans", "简体中文"),
                            ("zh-hant", "繁體中文"),
                            ("en", "English"),
                        ],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "robot",
                "verbose_name_plural": "robots",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddField(
            model_name="mail",
            name="robot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="notices.robot",
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                fields=["person", "kind", "-ready_at"], name="notices_mai_person__88505b_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("notice__isnull", False), ("robot", None)),
                    models.Q(("notice", None), ("robot__isnull", False)),
                    _connector="OR",
                ),
                name="mail_to_person_or_robot",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(fields=("kind", "language"), name="wording_once"),
        ),
        migrations.RunPython(wish_everything, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="preference",
            name="email",
        ),
        # Last: what was written to a table is not altered any more in this transaction.
        migrations.RunPython(describe_mails, migrations.RunPython.noop),
    ]
