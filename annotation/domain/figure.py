"""A snapshot's numbers are drawn: for the page, and for print."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from django.db import transaction

from annotation.domain.judge_figure import OVER_POSTS, judge_drawings
from annotation.enums import ConditionSource, FigureLook
from annotation.figures.agreement import Agreement, AgreementRow
from annotation.figures.distribution import Distribution, Distributions
from annotation.figures.forest import Forest
from annotation.figures.forest_panel import ForestPanel, ForestRow
from annotation.figures.heat_cells import HeatCell
from annotation.figures.heatmap import HeatRow, RaterHeatmap
from annotation.figures.look import DARK, LIGHT, PRINT
from annotation.figures.rendering import (
    DOUBLE_COLUMN_MM,
    SINGLE_COLUMN_MM,
    Drawing,
    FileType,
    render,
)
from annotation.models import Condition, Criterion, FigureFile, ScalePoint, Snapshot, SnapshotFigure
from annotation.queries.criterion import criteria_of
from annotation.queries.study_ratings import by_value

Report = Mapping[str, Any]

FILES = (
    (FigureLook.LIGHT, FileType.SVG),
    (FigureLook.DARK, FileType.SVG),
    *product((FigureLook.PRINT, FigureLook.PRINT_ONE), (FileType.SVG, FileType.PDF, FileType.PNG)),
)
LOOKS = {
    FigureLook.LIGHT: (LIGHT, DOUBLE_COLUMN_MM),
    FigureLook.DARK: (DARK, DOUBLE_COLUMN_MM),
    FigureLook.PRINT: (PRINT, DOUBLE_COLUMN_MM),
    FigureLook.PRINT_ONE: (PRINT, SINGLE_COLUMN_MM),
}
COEFFICIENTS = ("alpha", "ac", "icc", "icc_k")
OF_MEANS = "95 % interval (over posts; of a rate Wilson's)"


def draw_figures(snapshot: Snapshot) -> None:
    """Draw all figures of a snapshot and keep them, unless it has some. About a second for each figure.

    They are drawn before anything is written: that takes too long for a transaction.
    """
    drawn = [(key, drawing, _files(drawing)) for key, drawing in _drawings(snapshot)]
    with transaction.atomic():
        Snapshot.objects.select_for_update().get(pk=snapshot.pk)
        if snapshot.figures.exists():
            return
        for position, (key, drawing, files) in enumerate(drawn, start=1):
            figure = SnapshotFigure.objects.create(
                snapshot=snapshot,
                key=key,
                title=drawing.title,
                description=drawing.description(),
                table=drawing.table(),
                position=position,
            )
            for file in files:
                file.figure = figure
            FigureFile.objects.bulk_create(files)


def _files(drawing: Drawing) -> list[FigureFile]:
    return [_file(drawing, look, file_type) for look, file_type in FILES]


def _file(drawing: Drawing, look: FigureLook, file_type: FileType) -> FigureFile:
    colours, width_mm = LOOKS[look]
    content = render(drawing, file_type=file_type, look=colours, width_mm=width_mm)
    return FigureFile(look=look, file_type=file_type.value, content=content)


def _drawings(snapshot: Snapshot) -> Iterator[tuple[str, Drawing]]:
    """Yield the figures that the ratings give something to draw for, each with its key."""
    report = snapshot.report
    if not report["n_ratings"]:
        return
    by_key = {condition.pk: condition for condition in snapshot.study.conditions.select_related("model_spec")}
    conditions = [by_key[key] for key in snapshot.plan["conditions"]]
    criteria = list(criteria_of(snapshot.study))
    stamp = snapshot.study.stamp
    yield "means", _forest(report, conditions, criteria, stamp)
    yield "agreement", _agreement(report, criteria, stamp)
    for criterion in criteria:
        yield f"distribution-{criterion.key}", _distributions(report, conditions, criterion, stamp)
    for criterion in criteria:
        if report["raters"]["criteria"][criterion.key]["use"]:
            yield (
                f"raters-{criterion.key}",
                _heatmap(report, conditions, criterion, snapshot.plan["raters"], stamp),
            )
    yield from judge_drawings(report, conditions, criteria, stamp)


def _forest(
    report: Report, conditions: Sequence[Condition], criteria: Sequence[Criterion], stamp: str
) -> Forest:
    return Forest(
        title="Mean scores of the conditions",
        panels=tuple(_panel(report, conditions, criterion) for criterion in criteria),
        interval_name=OF_MEANS,
        stamp=stamp,
    )


def _panel(report: Report, conditions: Sequence[Condition], criterion: Criterion) -> ForestPanel:
    return ForestPanel(
        criterion=criterion.label,
        points=tuple(float(point.value) for point in by_value(criterion)),
        direction=_direction(criterion),
        rows=tuple(
            _forest_row(condition, of_condition["scores"][criterion.key])
            for condition, of_condition in zip(conditions, report["conditions"], strict=True)
        ),
    )


def _forest_row(condition: Condition, scores: Report) -> ForestRow:
    """Return the mean with its interval; of a rate Wilson's, which a rate of 0 has too."""
    estimate = scores["rate"] or scores["mean"]
    return ForestRow(
        **_names(condition),
        mean=scores["mean"]["value"],
        low=estimate["low"],
        high=estimate["high"],
        n=scores["n"],
    )


def _agreement(report: Report, criteria: Sequence[Criterion], stamp: str) -> Agreement:
    return Agreement(
        title="Agreement of the raters",
        rows=tuple(
            row
            for criterion in criteria
            for row in _agreement_rows(criterion, report["agreement"][criterion.key]["overall"])
        ),
        interval_name=OVER_POSTS,
        stamp=stamp,
    )


def _agreement_rows(criterion: Criterion, agreement: Report) -> Iterator[AgreementRow]:
    if agreement["refusal"]:
        yield AgreementRow(criterion.label, "Agreement", None, None, None, note=agreement["refusal"])
    for coefficient in agreement["coefficients"]:
        if coefficient["key"] in COEFFICIENTS:
            yield AgreementRow(
                group=criterion.label,
                label=coefficient["name"],
                value=coefficient["value"],
                low=coefficient["low"],
                high=coefficient["high"],
                note=coefficient["reason"],
            )


def _distributions(
    report: Report, conditions: Sequence[Condition], criterion: Criterion, stamp: str
) -> Distributions:
    return Distributions(
        title=f"Distribution of scores: {criterion.label}",
        criterion=criterion.label,
        direction=_direction(criterion),
        points=tuple(_point_name(point) for point in by_value(criterion)),
        rows=tuple(
            Distribution(**_names(condition), counts=tuple(of_condition["scores"][criterion.key]["counts"]))
            for condition, of_condition in zip(conditions, report["conditions"], strict=True)
        ),
        stamp=stamp,
    )


def _heatmap(
    report: Report,
    conditions: Sequence[Condition],
    criterion: Criterion,
    raters: Sequence[str],
    stamp: str,
) -> RaterHeatmap:
    of_raters = report["raters"]["criteria"][criterion.key]
    present = sorted(use["rater"] for use in of_raters["use"])
    n = sum(use["n"] for use in of_raters["use"])
    total = sum(use["n"] * use["mean"] for use in of_raters["use"])
    return RaterHeatmap(
        title=f"Mean scores by rater and condition: {criterion.label}",
        criterion=criterion.label,
        direction=_direction(criterion),
        raters=tuple(raters[rater] for rater in present),
        rows=tuple(
            HeatRow(
                **_names(condition),
                cells=tuple(HeatCell(cells["means"][rater], cells["ns"][rater]) for rater in present),
            )
            for condition, cells in zip(conditions, of_raters["cells"], strict=True)
        ),
        overall_mean=total / n if n else None,
        stamp=stamp,
    )


def _names(condition: Condition) -> dict[str, Any]:
    """Return a condition's group and label in a figure; texts of people are references."""
    if condition.source == ConditionSource.HUMAN:
        return {"group": "Written by people", "label": condition.method, "reference": True}
    return {"group": str(condition.model_spec), "label": condition.strategy_key, "reference": False}


def _direction(criterion: Criterion) -> str:
    return criterion.get_direction_display().lower()


def _point_name(point: ScalePoint) -> str:
    return point.label or point.key
