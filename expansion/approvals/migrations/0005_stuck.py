from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_comments")]

    operations = [
        migrations.AddField("request", "stuck_since", models.DateTimeField(null=True)),
        migrations.AddField(
            "request", "stuck_because", models.CharField(blank=True, default="", max_length=500)
        ),
        migrations.AlterField(
            "request", "stuck_because", models.CharField(blank=True, max_length=500)
        ),
    ]
