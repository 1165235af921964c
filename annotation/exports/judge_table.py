"""What was computed of a study's judges, as Markdown tables and as columns of the CSV of its scores."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from annotation.exports.csv_cells import Cell
from annotation.queries.hidden_conditions import judges_in
from annotation.queries.score import ConditionScores, StudyScores
from annotation.queries.snapshot import Computed

Values = Mapping[str, Any]
_COMPARED = ("mean_difference", "spearman", "kendall", "kappa", "ac")
_HEAD = (
    *("Items of", "Replies", "Refused", "Unreadable", "Items compared"),
    *("Mean difference", "Spearman", "Kendall", "Kappa", "AC"),
    *("AC of judge and an expert", "AC of two experts", "AC of the judge asked again"),
)


def judge_tables(scores: StudyScores, computed: Computed | None) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield a heading and rows of each judge on each criterion: all items, then those of each condition.

    AC is Gwet's; intervals are over posts.
    """
    labels = {condition.condition: condition.label for condition in scores.conditions}
    names = [labels[key] for key in computed.plan["conditions"]] if computed else []
    for judge in judges_in(computed.report) if computed else ():
        for criterion in scores.criteria:
            part = judge["criteria"][criterion.key]
            rows = [_row("All conditions", part["overall"])]
            if _is_asked(part):
                rows += [_row(name, group) for name, group in zip(names, part["conditions"], strict=True)]
            yield f"Judge: {judge['judge']} ({judge['kind']}), {criterion.label}", [list(_HEAD), *rows]


def _is_asked(part: Values) -> bool:
    came = part["overall"]["outcomes"]
    return bool(came["n"] + came["n_waiting"])


def _row(name: str, group: Values) -> list[str]:
    compared, came = group["comparison"], group["outcomes"]
    beside, again = group["footing"], group["consistency"]
    of_experts = _measure(beside["measures"], "ac")
    of_repeats = _measure(again["measures"], "ac")
    refused, not_repeated = _none(beside["refusal"]), _none(again["refusal"])
    return [
        name,
        str(came["n"]),
        *(_share(came, outcome) for outcome in ("refused", "unreadable")),
        str(compared["n_items"]),
        *(_number(compared[key]) for key in _COMPARED),
        *(_number(of_experts[side] if of_experts else refused) for side in ("judge", "experts")),
        _number(of_repeats["value"] if of_repeats else not_repeated),
    ]


def _measure(measures: Sequence[Values], key: str) -> Values | None:
    return next((each for each in measures if each["key"] == key), None)


def _none(reason: str) -> Values:
    return {"value": None, "reason": reason}


def _share(came: Values, outcome: str) -> str:
    share = came["shares"][outcome]
    if share["value"] is None:
        return str(share["reason"])
    between = "" if share["low"] is None else f" [{100 * share['low']:.0f}, {100 * share['high']:.0f}]"
    return f"{came['counts'][outcome]}, {100 * share['value']:.0f} %{between}"


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
