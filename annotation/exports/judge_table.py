"""What was computed of a study's judges, as Markdown tables and as columns of the CSV of its scores."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from annotation.exports.csv_cells import Cell
from annotation.queries.hidden_conditions import judges_in
from annotation.queries.score import ConditionScores, StudyScores
from annotation.queries.snapshot import Computed

Values = Mapping[str, Any]
_HEAD = (
    *("Criterion", "Replies", "No score", "Items compared", "Mean difference"),
    *("Spearman", "Agreement with an expert", "Agreement of experts"),
)


def judge_tables(scores: StudyScores, computed: Computed | None) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield a heading and rows of each judge; agreement is Gwet's AC, intervals are over posts."""
    for judge in judges_in(computed.report) if computed else ():
        rows = [
            _row(criterion.label, judge["criteria"][criterion.key])
            for criterion in scores.criteria
            if criterion.key in judge["criteria"]
        ]
        yield f"Judge: {judge['judge']} ({judge['kind']})", [list(_HEAD), *rows]


def _row(label: str, part: Values) -> list[str]:
    compared, came = part["overall"]["comparison"], part["overall"]["outcomes"]
    ac = next((each for each in part["footing"]["measures"] if each["key"] == "ac"), None)
    none = {"value": None, "reason": part["footing"]["refusal"]}
    return [
        label,
        str(came["n"]),
        str(came["n"] - came["counts"]["score"]),
        str(compared["n_items"]),
        _number(compared["mean_difference"]),
        _number(compared["spearman"]),
        _number(ac["judge"] if ac else none),
        _number(ac["experts"] if ac else none),
    ]


def _number(estimate: Values) -> str:
    if estimate["value"] is None:
        return str(estimate["reason"])
    between = "" if estimate["low"] is None else f" [{estimate['low']:.2f}, {estimate['high']:.2f}]"
    return f"{estimate['value']:.2f}{between}"


def judge_columns(
    scores: StudyScores, computed: Computed | None
) -> tuple[list[str], Callable[[ConditionScores], list[Cell]]]:
    """Return the names of columns about judges, and what stands in them for a condition.

    Of each judge its name, marked as a model's, and for each criterion its mean over the items that experts
    rated too, with their number.
    """
    judges = judges_in(computed.report) if computed else []
    number_of = computed.number_of() if computed else {}
    keys = [criterion.key for criterion in scores.criteria]
    names = [
        name
        for number, judge in enumerate(judges, start=1)
        for name in (
            f"judge_{number}",
            *(f"judge_{number}_{key}_{figure}" for key in keys for figure in ("n_items", "mean")),
        )
    ]

    def cells(condition: ConditionScores) -> list[Cell]:
        number = number_of.get(condition.condition)
        found: list[Cell] = []
        for judge in judges:
            found.append(f"{judge['judge']} ({judge['kind']})")
            for key in keys:
                found += _ranked(judge["criteria"][key]["ranking"], number)
        return found

    return names, cells


def _ranked(ranking: Values, number: int | None) -> list[Cell]:
    """Return a condition's number of items and mean; nothing of one that came after the snapshot."""
    if number is None:
        return [None, None]
    ranked = ranking["conditions"][number]
    return [ranked["n_items"], ranked["judge_mean"]["value"]]
