"""An approved report counts for its author of then: one of before, for the present one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def count_for_the_present_ones(apps, schema_editor):
    """Who held what is approved already stands nowhere else."""
    reports = apps.get_model("research", "ResearchReport").objects
    reports.exclude(approved_at=None).update(approved_owner=F("owner"))


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_login_policy"),
        ("research", "0004_report_level"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="researchreport",
            name="approved_owner",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author when approved",
            ),
        ),
        migrations.RunPython(count_for_the_present_ones, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="researchreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_owner", None)),
                    models.Q(("approved_at__isnull", False), ("approved_owner__isnull", False)),
                    _connector="OR",
                ),
                name="research_report_approved_for_somebody",
            ),
        ),
    ]
