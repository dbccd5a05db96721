"""What was signed or became effective counts for its owner of then: of before, the present one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def count_for_the_present_ones(apps, schema_editor):
    """Who held what is finished already stands nowhere else."""
    contracts = apps.get_model("crm", "Contract").objects
    contracts.exclude(signed_on=None).update(signed_owner=F("owner"))
    leads = apps.get_model("crm", "Lead").objects
    leads.exclude(effective_on=None).update(effective_owner=F("owner"))


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0008_opportunity_pipeline"),
        ("people", "0008_login_policy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="lead",
            name="crm_lead_owner_i_32e275_idx",
        ),
        migrations.AddField(
            model_name="contract",
            name="signed_owner",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner when signed",
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="effective_owner",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner when effective",
            ),
        ),
        migrations.RunPython(count_for_the_present_ones, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                fields=["signed_owner", "signed_on"], name="crm_contrac_signed__82a825_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                fields=["effective_owner", "effective_on"], name="crm_lead_effecti_67de80_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signed_on", None), ("signed_owner", None)),
                    models.Q(("signed_on__isnull", False), ("signed_owner__isnull", False)),
                    _connector="OR",
                ),
                name="contract_signed_for_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("effective_on", None), ("effective_owner", None)),
                    models.Q(("effective_on__isnull", False), ("effective_owner__isnull", False)),
                    _connector="OR",
                ),
                name="lead_effective_for_somebody",
            ),
        ),
    ]
