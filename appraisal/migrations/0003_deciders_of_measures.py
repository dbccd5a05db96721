from django.db import migrations, models


def as_before(apps, schema_editor):
    """Of a case that stands, whoever fixed the score proposes; who decides says its rulebook."""
    cases = apps.get_model("appraisal", "ConsequenceCase").objects
    for case in cases.select_related("participant__cycle__rulebook"):
        rules = case.participant.cycle.rulebook.content["consequences"]
        found = next((one for one in rules if one["key"] == case.rule), None)
        case.proposer = case.participant.final_by
        case.deciders = found["decided_by"]["value"] if found else []
        case.save(update_fields=["proposer", "deciders"])


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0002_handlers_of_appeals")]

    operations = [
        migrations.AddField(
            "consequencecase", "proposer", models.CharField(default="", max_length=60)
        ),
        migrations.AddField("consequencecase", "deciders", models.JSONField(default=list)),
        migrations.AddField(
            "consequencecase",
            "said",
            models.TextField(blank=True, max_length=4000, verbose_name="what the person said"),
        ),
        migrations.AddField("consequencecase", "decided_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "consequencecase",
            "status",
            models.CharField(
                choices=[
                    ("open", "measure to be proposed"),
                    ("proposed", "measure proposed"),
                    ("decided", "measure decided"),
                    ("waived", "waived"),
                    ("lifted", "no longer founded"),
                ],
                default="open",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.RunPython(as_before, migrations.RunPython.noop),
        migrations.AlterField("consequencecase", "proposer", models.CharField(max_length=60)),
    ]
