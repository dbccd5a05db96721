"""What was signed or done counts for whoever led it then: of before, for the present lead."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count_for_the_present_ones(apps, schema_editor):
    """Who led what is finished already stands nowhere else."""
    projects = apps.get_model("partnerships", "Project").objects
    projects.exclude(contract__signed_on=None).update(signed_owner=F("owner"))
    lead = projects.filter(pk=OuterRef("project")).values("owner")
    phases = apps.get_model("partnerships", "Milestone").objects
    phases.exclude(done_on=None).update(done_owner=Coalesce(F("owner"), Subquery(lead)))


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0004_approved_schemes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="milestone",
            name="done_owner",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="responsible when done",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="signed_owner",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="lead when signed",
            ),
        ),
        migrations.RunPython(count_for_the_present_ones, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_on", None), ("done_owner", None)),
                    models.Q(("done_on__isnull", False), ("done_owner__isnull", False)),
                    _connector="OR",
                ),
                name="milestone_done_for_somebody",
            ),
        ),
    ]
