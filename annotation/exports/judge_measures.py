"""All numbers about judges as CSV, one a row, over all items and by condition; the JSON has the same."""

from collections.abc import Iterator, Mapping
from typing import Any

from annotation.exports.csv_cells import Cell, csv_lines
from annotation.queries.hidden_conditions import judges_in
from annotation.queries.score import StudyScores
from annotation.queries.snapshot import Computed

Values = Mapping[str, Any]
OF_JUDGE = ("judge", "kind", "judge_run", "ratings_simulated", "criterion")
OF_ITEMS = ("items", "source", "model", "pipeline", "method")
OF_NUMBER = ("about", "measure", "of", "judge_gave", "expert_gave", "n_items", "n")
NAMES = (*OF_JUDGE, *OF_ITEMS, *OF_NUMBER, "value", "ci_low", "ci_high", "reason")
ALL, OF_CONDITION = "all", "condition"
SIDES = ("judge", "experts", "difference")
BY_ITEM = ("judge_mean", "expert_mean", "mean_difference", "spearman", "kendall")
BY_PAIR = ("exact", "kappa", "ac")


def as_judges_csv(scores: StudyScores, computed: Computed | None) -> str:
    """Return a row per number. Empty cells where there is no number, or no interval, and `reason` says why.

    `items` says whether it is of all items or of the condition named; `about` what kind of number it is. n is
    of replies, of pairs of reply and rating (exact, kappa, ac, confusion), or of ratings (beside_experts).
    Of a study that hides its conditions for now there are only numbers of all items.
    """
    return "".join(csv_lines(_table(scores, computed)))


def _table(scores: StudyScores, computed: Computed | None) -> Iterator[list[Cell]]:
    yield list(NAMES)
    if computed is None:
        return
    by_key = {condition.condition: condition for condition in scores.conditions}
    conditions = [by_key[key] for key in computed.plan["conditions"]]
    simulated = "yes" if scores.is_simulated else "no"
    for judge in judges_in(computed.report):
        for key, part in judge["criteria"].items():
            of_judge = [judge["judge"], judge["kind"], judge["judge_run"], simulated, key]
            for row in (*_rows(part["overall"], part["points"]), *_order(part["ranking"])):
                yield [*of_judge, ALL, None, None, None, None, *row]
            for number, (condition, group) in enumerate(zip(conditions, part["conditions"], strict=True)):
                names = [getattr(condition, name) for name in OF_ITEMS[1:]]
                ranked = part["ranking"]["conditions"][number]
                for row in (*_rows(group, part["points"]), *_ranks(ranked)):
                    yield [*of_judge, OF_CONDITION, *names, *row]


def _rows(group: Values, points: list[str]) -> Iterator[list[Cell]]:
    """Yield what follows the names of a judge, a criterion and a condition."""
    came, compared = group["outcomes"], group["comparison"]
    counts = (came["n_items"], came["n"])
    for name, share in came["shares"].items():
        yield _row("replies", f"share_{name}", counts, share)
    for name, n in [*came["counts"].items(), ("waiting", came["n_waiting"])]:
        yield _row("replies", f"n_{name}", counts, _exact(n))
    for name in (*BY_ITEM, *BY_PAIR):
        n = compared["n_pairs" if name in BY_PAIR else "n_replies"]
        yield _row("comparison", name, (compared["n_items"], n), compared[name])
    counts = (compared["n_items"], compared["n_pairs"])
    for judge_gave, given in zip(points, compared["confusion"], strict=True):
        for expert_gave, n in zip(points, given, strict=True):
            yield _row("confusion", "n_pairs", counts, _exact(n), at=(judge_gave, expert_gave))
    yield from _calibration(group["calibration"], points)
    yield from _beside(group["footing"])
    yield from _again(group["consistency"])


def _calibration(calibration: Values, points: list[str]) -> Iterator[list[Cell]]:
    given = zip([*points, "no score"], [*calibration["points"], calibration["without_score"]], strict=True)
    for name, point in given:
        counts = (point["n_items"], point["n_replies"])
        yield _row("calibration", "expert_mean", counts, point["expert_mean"], at=(name, ""))


def _beside(footing: Values) -> Iterator[list[Cell]]:
    counts = (footing["n_items"], footing["n_ratings"])
    if footing["refusal"]:
        yield _row("beside_experts", "", counts, _exact(None, footing["refusal"]))
    for measure in footing["measures"]:
        for side in SIDES:
            yield _row("beside_experts", measure["key"], counts, measure[side], of=side)


def _again(again: Values) -> Iterator[list[Cell]]:
    yield _row("self_consistency", "same_outcome", (again["n_asked_again"], None), again["same_outcome"])
    counts = (again["n_items"], again["n_replies"])
    if again["refusal"]:
        yield _row("self_consistency", "", counts, _exact(None, again["refusal"]))
    for measure in again["measures"]:
        yield _row("self_consistency", measure["key"], counts, measure["value"])


def _order(ranking: Values | None) -> Iterator[list[Cell]]:
    if ranking:
        counts = (ranking["n_items"], None)
        yield _row("ranking", "kendall", counts, ranking["kendall"])
        yield _row("ranking", "n_conditions", counts, _exact(ranking["n_conditions"]))


def _ranks(ranked: Values) -> Iterator[list[Cell]]:
    """Yield means and ranks. These means' intervals are from one draw of posts for all conditions."""
    counts = (ranked["n_items"], None)
    for side, key in (("judge", "judge"), ("experts", "expert")):
        mean = ranked[f"{key}_mean"]
        yield _row("ranking", "mean", counts, mean, of=side)
        reason = mean["reason"] if mean["value"] is None else ""
        yield _row("ranking", "rank", counts, _exact(ranked[f"{key}_rank"], reason), of=side)


def _row(
    about: str,
    measure: str,
    counts: tuple[int, int | None],
    estimate: Values,
    *,
    of: str = "",
    at: tuple[str, str] = ("", ""),
) -> list[Cell]:
    """Return the cells of a number; counts: n_items and n; at: the points that judge and expert gave."""
    return [
        about,
        measure,
        of,
        *at,
        *counts,
        *(estimate[name] for name in ("value", "low", "high", "reason")),
    ]


def _exact(value: float | None, reason: str = "") -> Values:
    return {"value": value, "low": None, "high": None, "reason": reason}
