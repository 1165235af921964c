from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0020_imported_judge_reply_is_provenance")]

    operations = [
        migrations.RemoveIndex(model_name="assignment", name="next_seat"),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["rater", "status", "position", "occasion"], name="next_seat"),
        ),
    ]
