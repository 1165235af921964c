from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0023_fill_rating_study")]

    operations = [
        migrations.AlterField(
            model_name="rating",
            name="study",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=models.PROTECT,
                related_name="ratings",
                to="annotation.study",
            ),
        ),
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(fields=["study", "current"], name="current_of_study"),
        ),
    ]
