"""What was computed of a study's ratings at one time, with the ratings it was computed from."""

from django.db import models

from annotation.models.study import Study


class Snapshot(models.Model):
    """Coefficients, intervals and comparisons of one state of a study's ratings. Never changed."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="snapshots")
    state = models.CharField(
        max_length=64, help_text="Tells one state of the counted ratings and of the plan from another."
    )
    data_sha256 = models.CharField(max_length=64, help_text="Of the file of ratings, before compression.")
    code_sha256 = models.CharField(max_length=64, help_text="Of the program's statistics.")
    plan = models.JSONField(help_text="Contrasts, seed and resamples, as statistics.report.plan.Plan.")
    report = models.JSONField(help_text="As statistics.report.study.StudyReport.")
    ratings = models.BinaryField(help_text="The ratings it was computed from: CSV, compressed with gzip.")
    taken_at = models.DateTimeField()
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["study", "-id"], name="newest_snapshot")]

    def __str__(self) -> str:
        return f"Snapshot {self.pk} of {self.study}"
