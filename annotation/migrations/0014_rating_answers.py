from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0013_one_column_figures")]

    operations = [
        migrations.AddField(
            model_name="rating",
            name="answers",
            field=models.TextField(
                blank=True,
                editable=False,
                help_text="The current version's scale points: their keys, ascending, with spaces between.",
                null=True,
            ),
        ),
    ]
