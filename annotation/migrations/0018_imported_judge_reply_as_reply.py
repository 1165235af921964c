import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Give each imported reply a place for its JudgeReply; what moves there may be empty from now on."""

    dependencies = [("annotation", "0017_judges")]

    operations = [
        migrations.AddField(
            model_name="importedjudgereply",
            name="reply",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imported",
                to="annotation.judgereply",
            ),
        ),
        migrations.AlterField(
            model_name="importedjudgereply",
            name="criterion",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="annotation.criterion"
            ),
        ),
        migrations.AlterField(
            model_name="importedjudgereply",
            name="judge",
            field=models.CharField(
                default="", help_text="As the release's folder names it.", max_length=120
            ),
        ),
    ]
