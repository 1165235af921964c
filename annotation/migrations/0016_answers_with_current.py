from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0015_fill_rating_answers")]

    operations = [
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(("answers__isnull", True), ("current__isnull", True))
                | models.Q(("answers__isnull", False), ("current__isnull", False)),
                name="answers_with_current",
            ),
        ),
    ]
