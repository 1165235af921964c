"""What was computed of a study's ratings at one time, with the ratings it was computed from."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import models
from django.utils.functional import cached_property

from annotation.enums import FigureLook
from annotation.models.study import Study
from annotation.parts import Parts

# What of a report is kept apart: megabytes in a large study, of which a page shows one part.
REPORT_PARTS = ("agreement", "raters", "comparisons", "breakdowns", "judges")


class Snapshot(models.Model):
    """Coefficients, intervals and comparisons of one state of a study's ratings. Never changed."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="snapshots")
    state = models.CharField(
        max_length=64, help_text="Tells one state of the counted ratings and of the plan from another."
    )
    data_sha256 = models.CharField(
        max_length=64, help_text="Of the ratings kept with it, before compression."
    )
    code_sha256 = models.CharField(max_length=64, help_text="Of the program's statistics.")
    plan = models.JSONField(help_text="Contrasts, seed and resamples, as statistics.report.plan.Plan.")
    overview = models.JSONField(
        help_text="Of statistics.report.study.StudyReport: numbers of items, ratings and raters; conditions."
    )
    agreement = models.JSONField(default=dict, help_text="Of the same: by criterion.")
    raters = models.JSONField(default=dict, help_text="Of the same.")
    comparisons = models.JSONField(default=dict, help_text="Of the same: by criterion.")
    breakdowns = models.JSONField(default=dict, help_text="Of the same: by dimension, topic and post.")
    judges = models.JSONField(
        default=list, help_text="A statistics.judge.report.JudgeReport for each judge, with its name."
    )
    ratings = models.BinaryField(help_text="The ratings it was computed from: JSON, compressed with gzip.")
    taken_at = models.DateTimeField()
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["study", "-id"], name="newest_snapshot")]

    def __str__(self) -> str:
        return f"Snapshot {self.pk} of {self.study}"

    @cached_property
    def report(self) -> Mapping[str, Any]:
        """Return all that was computed. A part that was left in the database is read when it is asked for."""
        overview: dict[str, Any] = self.overview
        return Parts(
            {key: partial(overview.__getitem__, key) for key in overview}
            | {part: partial(getattr, self, part) for part in REPORT_PARTS}
        )


class SnapshotFigure(models.Model):
    """A figure of a snapshot's numbers, with the table of what is drawn for those who do not see it."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="figures")
    key = models.SlugField(max_length=80)
    title = models.CharField(max_length=300)
    description = models.TextField()
    table = models.JSONField(help_text="Rows of words, the first one being the head.")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["snapshot", "position"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "key"], name="figure_once_per_snapshot")]

    def __str__(self) -> str:
        return self.title


class FigureFile(models.Model):
    """A figure as a file: for the page in light and dark, or for print."""

    figure = models.ForeignKey(SnapshotFigure, on_delete=models.PROTECT, related_name="files")
    look = models.CharField(max_length=10, choices=FigureLook)
    file_type = models.CharField(max_length=3, help_text="svg, pdf or png.")
    content = models.BinaryField()

    class Meta:
        ordering = ["figure", "id"]
        constraints = [
            models.UniqueConstraint(fields=["figure", "look", "file_type"], name="figure_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.figure.key}, {self.look} {self.file_type}"
