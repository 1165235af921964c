from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0024_current_of_study")]

    operations = [
        migrations.RenameField(model_name="snapshot", old_name="report", new_name="overview"),
        migrations.AlterField(
            model_name="snapshot",
            name="overview",
            field=models.JSONField(
                help_text="Of statistics.report.study.StudyReport: numbers of items, ratings and raters; conditions."
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="agreement",
            field=models.JSONField(default=dict, help_text="Of the same: by criterion."),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="raters",
            field=models.JSONField(default=dict, help_text="Of the same."),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="comparisons",
            field=models.JSONField(default=dict, help_text="Of the same: by criterion."),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="breakdowns",
            field=models.JSONField(default=dict, help_text="Of the same: by dimension, topic and post."),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="judges",
            field=models.JSONField(
                default=list, help_text="A statistics.judge.report.JudgeReport for each judge, with its name."
            ),
        ),
    ]
