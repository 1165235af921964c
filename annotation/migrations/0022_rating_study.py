from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0021_count_seats_by_index")]

    operations = [
        migrations.AddField(
            model_name="rating",
            name="study",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="ratings",
                to="annotation.study",
            ),
        ),
    ]
