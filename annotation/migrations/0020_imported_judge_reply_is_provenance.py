import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What an imported judge said is its JudgeReply now; only where it stood stays here."""

    dependencies = [("annotation", "0019_read_imported_judge_replies")]

    operations = [
        *(
            migrations.RemoveField(model_name="importedjudgereply", name=name)
            for name in ("criterion", "judge", "raw", "dimension", "response")
        ),
        migrations.AlterField(
            model_name="importedjudgereply",
            name="reply",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imported",
                to="annotation.judgereply",
            ),
        ),
    ]
