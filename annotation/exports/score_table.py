"""A study's scores as JSON, as a Markdown table, and as CSV."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from annotation.domain.errors import StudyError
from annotation.exports.csv_cells import Cell, csv_lines
from annotation.queries.score import ConditionScores, StudyScores
from annotation.statistics.description import Description


def scores_document(scores: StudyScores) -> dict[str, Any]:
    """Return the scores in the shape of the JSON that programs rely on; the API gives the same.

    A mean without a rating, and an SD with fewer than two, is null.
    """
    return {
        "study": scores.slug,
        "n_items": scores.n_items,
        "n_ratings": scores.n_ratings,
        "n_raters": len(scores.raters),
        "conditions": [
            {
                "source": condition.source,
                "model": condition.model,
                "pipeline": condition.pipeline,
                "method": condition.method,
                "n_items": condition.n_items,
                "n_ratings": condition.n_ratings,
                "scores": {
                    key: {"n": description.n, "mean": description.mean, "sd": description.sd}
                    for key, description in condition.scores.items()
                },
            }
            for condition in scores.conditions
        ],
        "raters": [
            {
                "rater": rater.code,
                "n": rater.n_ratings,
                "mean": {key: description.mean for key, description in rater.scores.items()},
            }
            for rater in scores.raters
        ],
    }


def as_json(scores: StudyScores) -> str:
    return json.dumps(scores_document(scores), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_markdown(scores: StudyScores) -> str:
    """Return Table 3: a row per condition, mean (SD) per criterion with n where it is not all ratings."""
    head = ["Condition", "Items", "Ratings"] + [
        f"{criterion.label}, {criterion.direction.label.lower()}: mean (SD)" for criterion in scores.criteria
    ]
    alignment = ["---"] + ["---:"] * (len(head) - 1)
    rows = [
        [
            condition.label,
            str(condition.n_items),
            str(condition.n_ratings),
            *(_mean_and_sd(condition, description) for description in condition.scores.values()),
        ]
        for condition in scores.conditions
    ]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n"
        for row in [head, alignment, *rows]
    )


def _mean_and_sd(condition: ConditionScores, description: Description) -> str:
    if description.mean is None:
        return "no rating"
    sd = "SD needs 2 ratings" if description.sd is None else f"{description.sd:.2f}"
    n = "" if description.n == condition.n_ratings else f", n = {description.n}"
    return f"{description.mean:.2f} ({sd}){n}"


def as_csv(scores: StudyScores) -> str:
    """Return a row per condition; empty cells where there is no number."""
    return "".join(csv_lines(_table_rows(scores)))


def _table_rows(scores: StudyScores) -> Iterator[list[Cell]]:
    names = ["source", "model", "pipeline", "method", "n_items", "n_ratings"]
    figures = [f"{criterion.key}_{figure}" for criterion in scores.criteria for figure in ("n", "mean", "sd")]
    yield [*names, *figures]
    for condition in scores.conditions:
        numbers: list[Cell] = []
        for description in condition.scores.values():
            numbers += [description.n, description.mean, description.sd]
        yield [*(getattr(condition, name) for name in names), *numbers]


SCORE_FORMATS: dict[str, Callable[[StudyScores], str]] = {
    "json": as_json,
    "md": as_markdown,
    "csv": as_csv,
}


def render_scores(scores: StudyScores, *, format_key: str) -> str:
    """Write the scores in the named format; raises StudyError, naming those there are."""
    if format_key not in SCORE_FORMATS:
        raise StudyError(f"There is no format {format_key!r}. There are: {', '.join(SCORE_FORMATS)}.")
    return SCORE_FORMATS[format_key](scores)
