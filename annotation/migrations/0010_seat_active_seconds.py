from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0009_study_hides_conditions")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="active_seconds",
            field=models.FloatField(
                blank=True,
                help_text="Active time until it was closed, from its spans; empty while it is open, or without any.",
                null=True,
            ),
        ),
    ]
