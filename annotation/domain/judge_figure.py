"""A snapshot's judges are drawn: what experts gave where a judge gave each point, and both orders."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotation.enums import ConditionSource
from annotation.figures.calibration import Calibration, CalibrationPanel, CalibrationRow
from annotation.figures.numerals import interval, number
from annotation.figures.ranking import RankedRow, RankingFigure, Side
from annotation.figures.rendering import Drawing
from annotation.models import Condition, Criterion
from annotation.queries.hidden_conditions import CALIBRATION, judges_in
from annotation.queries.study_ratings import by_value

Report = Mapping[str, Any]
OVER_POSTS = "95 % interval over posts"


def judge_drawings(
    report: Report, conditions: Sequence[Condition], criteria: Sequence[Criterion], stamp: str
) -> Iterator[tuple[str, Drawing]]:
    """Yield of each judge what its scores give to draw, each with its key."""
    for judge in judges_in(report):
        compared = [
            criterion
            for criterion in criteria
            if judge["criteria"][criterion.key]["overall"]["comparison"]["judge_mean"]["value"] is not None
        ]
        if compared:
            yield f"{CALIBRATION}{judge['judge_run']}", _calibration(judge, compared, stamp)
        for criterion in compared:
            key = f"ranking-{judge['judge_run']}-{criterion.key}"
            yield key, _ranking(judge, conditions, criterion, stamp)


def _name(judge: Report) -> str:
    return f"{judge['judge']} ({judge['kind']})"


def _calibration(judge: Report, criteria: Sequence[Criterion], stamp: str) -> Calibration:
    return Calibration(
        title=f"Judge against experts: {judge['judge']}",
        judge=_name(judge),
        panels=tuple(_panel(judge["criteria"][criterion.key], criterion) for criterion in criteria),
        interval_name=OVER_POSTS,
        stamp=stamp,
    )


def _panel(part: Report, criterion: Criterion) -> CalibrationPanel:
    return CalibrationPanel(
        criterion=criterion.label,
        direction=criterion.get_direction_display().lower(),
        rows=tuple(
            CalibrationRow(
                name=name,
                point=float(point.value),
                mean=of_point["expert_mean"]["value"],
                low=of_point["expert_mean"]["low"],
                high=of_point["expert_mean"]["high"],
                n=of_point["n_items"],
            )
            for name, point, of_point in zip(
                part["points"], by_value(criterion), part["overall"]["calibration"]["points"], strict=True
            )
        ),
    )


def _ranking(
    judge: Report, conditions: Sequence[Condition], criterion: Criterion, stamp: str
) -> RankingFigure:
    ranking = judge["criteria"][criterion.key]["ranking"]
    return RankingFigure(
        title=f"Order of the conditions by judge and experts: {judge['judge']}, {criterion.label}",
        judge=_name(judge),
        criterion=criterion.label,
        direction=criterion.get_direction_display().lower(),
        points=tuple(float(point.value) for point in by_value(criterion)),
        rows=tuple(
            RankedRow(
                label=_condition_name(condition),
                judge=_side(ranked["judge_mean"], ranked["judge_rank"]),
                experts=_side(ranked["expert_mean"], ranked["expert_rank"]),
                n=ranked["n_items"],
                reference=condition.source == ConditionSource.HUMAN,
            )
            for condition, ranked in zip(conditions, ranking["conditions"], strict=True)
            if ranked["n_items"]
        ),
        comparison=_comparison(ranking["kendall"]),
        interval_name=OVER_POSTS,
        stamp=stamp,
    )


def _condition_name(condition: Condition) -> str:
    if condition.source == ConditionSource.HUMAN:
        return condition.method
    return f"{condition.model_spec}: {condition.strategy_key}"


def _side(mean: Report, rank: float) -> Side:
    return Side(mean=mean["value"], low=mean["low"], high=mean["high"], rank=rank)


def _comparison(kendall: Report) -> str:
    if kendall["value"] is None:
        return str(kendall["reason"])
    between = interval(kendall["low"], kendall["high"])
    return f"Kendall's tau-b of the two orders: {number(kendall['value'])} {between}."
