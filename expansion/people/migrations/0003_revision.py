from django.db import migrations, models


def write_the_row(apps, schema_editor):
    apps.get_model("people", "Revision").objects.create(pk=1, word="first")


class Migration(migrations.Migration):
    dependencies = [("people", "0002_sessions_and_scope")]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=32)),
            ],
        ),
        migrations.RunPython(write_the_row, migrations.RunPython.noop),
    ]
