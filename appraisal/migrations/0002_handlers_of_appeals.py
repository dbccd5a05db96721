from django.db import migrations, models


def as_before(apps, schema_editor):
    """Of an appraisal that has begun, whoever fixes the score handled its appeals."""
    participants = apps.get_model("appraisal", "Participant").objects
    participants.update(appeals_by=models.F("final_by"))


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0001_initial")]

    operations = [
        migrations.AddField(
            "participant", "appeals_by", models.CharField(default="", max_length=60)
        ),
        migrations.RunPython(as_before, migrations.RunPython.noop),
        migrations.AlterField("participant", "appeals_by", models.CharField(max_length=60)),
    ]
