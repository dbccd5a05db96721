from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0005_authority")]

    operations = [
        migrations.AddField(
            model_name="client",
            name="category",
            field=models.CharField(blank=True, max_length=60, verbose_name="kind of client"),
        ),
        migrations.AddField(
            model_name="client",
            name="own",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="lead",
            name="long_cycle",
            field=models.CharField(blank=True, max_length=300, verbose_name="why it takes long"),
        ),
        migrations.AddField(
            model_name="visit",
            name="own",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]
