"""A study's scores as JSON, as a Markdown table, and as CSV."""

import json
from collections.abc import Callable, Iterator

from annotation.domain.errors import StudyError
from annotation.exports.csv_cells import Cell, csv_lines
from annotation.exports.judge_document import judges_document
from annotation.exports.judge_measures import as_judges_csv
from annotation.exports.judge_table import judge_columns, judge_tables
from annotation.exports.report_document import (
    Document,
    agreement_document,
    comparisons_document,
    interval,
    planning_document,
    snapshot_document,
)
from annotation.queries.score import ConditionScores, StudyScores
from annotation.queries.shown_scores import ShownScores
from annotation.queries.snapshot import Computed
from annotation.statistics.description import Description


def scores_document(scores: StudyScores, computed: Computed | None) -> Document:
    """Return the scores in the shape of the JSON that programs rely on; the API gives the same.

    Means, SDs and numbers of ratings are live. Intervals (over posts), agreement, comparisons and judges are
    those that were computed last; `snapshot` names them and says whether they are of the ratings as they are.
    It is null, and they are null or empty, before the first time. `planned` says how the comparisons came
    about. A mean without a rating, and an SD with fewer than two, is null. Where the study hides its
    conditions for now, `conditions`, those of agreement too, and `comparisons` are empty.
    """
    names = {condition.condition: _names(condition) for condition in scores.conditions}
    return {
        "study": scores.slug,
        "simulated": scores.is_simulated,
        "n_items": scores.n_items,
        "n_ratings": scores.n_ratings,
        "n_raters": len(scores.raters),
        "conditions_hidden": scores.are_conditions_hidden,
        "snapshot": snapshot_document(computed) if computed else None,
        "conditions": [_condition(condition, computed) for condition in scores.conditions],
        "agreement": agreement_document(
            computed.report,
            k=computed.plan["raters_per_item"],
            conditions=[names[key] for key in computed.plan["conditions"]],
            raters=computed.plan["raters"],
        )
        if computed
        else {},
        **planning_document(computed),
        "comparisons": comparisons_document(
            computed.report, conditions=[names[key] for key in computed.plan["conditions"]]
        )
        if computed
        else [],
        "judges": judges_document(
            computed.report, conditions=[names[key] for key in computed.plan["conditions"]]
        )
        if computed
        else [],
        "raters": [
            {
                "rater": rater.code,
                "n": rater.n_ratings,
                "mean": {key: description.mean for key, description in rater.scores.items()},
                "active_seconds_median": computed.report["active_seconds_median"].get(rater.code)
                if computed
                else None,
            }
            for rater in scores.raters
        ],
    }


def _names(condition: ConditionScores) -> Document:
    return {name: getattr(condition, name) for name in ("source", "model", "pipeline", "method")}


def _condition(condition: ConditionScores, computed: Computed | None) -> Document:
    intervals, rates = intervals_of(computed, condition), rate_intervals_of(computed, condition)
    return {
        **_names(condition),
        "n_items": condition.n_items,
        "n_ratings": condition.n_ratings,
        "scores": {
            key: {
                "n": description.n,
                "mean": description.mean,
                "sd": description.sd,
                "ci": intervals.get(key),
                "ci_wilson": rates.get(key),
                **_distribution(description),
            }
            for key, description in condition.scores.items()
        },
    }


def _distribution(description: Description) -> Document:
    middle = description.quartiles
    return {
        "median": middle.median if middle else None,
        "quartiles": [middle.lower, middle.upper] if middle else None,
        "distribution": [[float(value), count] for value, count in description.counts.items()],
    }


def intervals_of(computed: Computed | None, condition: ConditionScores) -> dict[str, list[float] | None]:
    """Return the interval of each criterion's mean in a condition, by key; empty where none was computed."""
    number = computed.number_of().get(condition.condition) if computed else None
    if computed is None or number is None:
        return {}
    scores = computed.report["conditions"][number]["scores"]
    return {key: interval(of_criterion["mean"]) for key, of_criterion in scores.items()}


def intervals_by_condition(shown: ShownScores) -> dict[int, dict[str, list[float] | None]]:
    """Return what stands below the means of Table 3: intervals of means, of a rate Wilson's."""
    return {
        condition.condition: _shown_intervals(shown.computed, condition)
        for condition in shown.scores.conditions
    }


def _shown_intervals(computed: Computed | None, condition: ConditionScores) -> dict[str, list[float] | None]:
    return intervals_of(computed, condition) | rate_intervals_of(computed, condition)


def rate_intervals_of(computed: Computed | None, condition: ConditionScores) -> dict[str, list[float] | None]:
    """Return the Wilson interval of each rate in a condition, by criterion key, of two-valued criteria."""
    number = computed.number_of().get(condition.condition) if computed else None
    if computed is None or number is None:
        return {}
    scores = computed.report["conditions"][number]["scores"]
    return {
        key: interval(of_criterion["rate"])
        for key, of_criterion in scores.items()
        if of_criterion["rate"] is not None
    }


def as_json(scores: StudyScores, computed: Computed | None) -> str:
    document = scores_document(scores, computed)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_markdown(scores: StudyScores, computed: Computed | None) -> str:
    """Return Table 3: a row per condition, mean (SD) [interval], with n where it is not all ratings.

    Below it stands what the intervals are and come from, and a table of each judge, under a heading that says
    that it is no person. Above that of simulated ratings, or without its conditions for now, a sentence says
    so.
    """
    head = ["Condition", "Items", "Ratings"] + [
        f"{criterion.label}, {criterion.direction.label.lower()}:"
        f" {'rate' if criterion.is_rate else 'mean'} (SD)"
        for criterion in scores.criteria
    ]
    intervals = {
        condition.condition: _shown_intervals(computed, condition) for condition in scores.conditions
    }
    rows = [
        [
            condition.label,
            str(condition.n_items),
            str(condition.n_ratings),
            *(
                _mean_and_sd(condition, description, intervals[condition.condition].get(key))
                for key, description in condition.scores.items()
            ),
        ]
        for condition in scores.conditions
    ]
    first = "**Simulated ratings:** a program drew them, nobody rated.\n\n" if scores.is_simulated else ""
    judges = "".join(
        f"\n**{heading}**\n\n{_markdown(table)}" for heading, table in judge_tables(scores, computed)
    )
    if scores.are_conditions_hidden:
        return first + "Scores by condition are hidden until the study is closed.\n" + judges
    return first + _markdown([head, *rows]) + _interval_note(computed) + judges


def _interval_note(computed: Computed | None) -> str:
    """Say what stands in brackets and of which ratings it is; empty where nothing was computed."""
    if not computed:
        return ""
    snapshot = snapshot_document(computed)
    left_out = "; ".join(f"{rule['rule']} ({rule['n_ratings']})" for rule in snapshot["exclusions"]) or "none"
    return (
        "\nIn brackets: 95 % intervals, of a mean by resampling posts, of a rate Wilson's; none where there"
        f" are fewer than three posts or no spread. Snapshot {snapshot['sha256'][:8]}, resamples"
        f" {snapshot['n_resamples']}, seed {snapshot['seed']}, exclusions: {left_out}.\n"
    )


def _markdown(rows: list[list[str]]) -> str:
    """Return a table: the first row is its head, the first column words."""
    alignment = ["---"] + ["---:"] * (len(rows[0]) - 1)
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n"
        for row in [rows[0], alignment, *rows[1:]]
    )


def _mean_and_sd(condition: ConditionScores, description: Description, interval: list[float] | None) -> str:
    if description.mean is None:
        return "no rating"
    sd = "SD needs 2 ratings" if description.sd is None else f"{description.sd:.2f}"
    n = "" if description.n == condition.n_ratings else f", n = {description.n}"
    between = f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else ""
    return f"{description.mean:.2f} ({sd}){between}{n}"


def as_csv(scores: StudyScores, computed: Computed | None) -> str:
    """Return a row per condition; empty cells where there is no number. simulated is 1 or 0.

    A rate has Wilson's interval beside that of its mean from resampling posts.
    Columns of judges come last and are named so. Of a study that hides its conditions for now there is the
    head only.
    """
    return "".join(csv_lines(_table_rows(scores, computed)))


def _table_rows(scores: StudyScores, computed: Computed | None) -> Iterator[list[Cell]]:
    names = ["source", "model", "pipeline", "method", "n_items", "n_ratings"]
    wilson = ("ci_wilson_low", "ci_wilson_high")
    figures = [
        f"{criterion.key}_{figure}"
        for criterion in scores.criteria
        for figure in ("n", "mean", "sd", "ci_low", "ci_high", *(wilson if criterion.is_rate else ()))
    ]
    judge_names, judge_cells = judge_columns(scores, computed)
    yield [*names, "simulated", *figures, *judge_names]
    for condition in scores.conditions:
        numbers: list[Cell] = [int(scores.is_simulated)]
        intervals, rates = intervals_of(computed, condition), rate_intervals_of(computed, condition)
        for criterion in scores.criteria:
            description = condition.scores[criterion.key]
            low, high = intervals.get(criterion.key) or (None, None)
            numbers += [description.n, description.mean, description.sd, low, high]
            if criterion.is_rate:
                numbers += rates.get(criterion.key) or (None, None)
        yield [*(getattr(condition, name) for name in names), *numbers, *judge_cells(condition)]


ScoreFormat = Callable[[StudyScores, Computed | None], str]
SCORE_FORMATS: dict[str, ScoreFormat] = {
    "json": as_json,
    "md": as_markdown,
    "csv": as_csv,
    "csv-judges": as_judges_csv,
}


def render_scores(scores: StudyScores, computed: Computed | None, *, format_key: str) -> str:
    """Write the scores in the named format; raises StudyError, naming those there are."""
    return find_score_format(format_key)(scores, computed)


def find_score_format(key: str) -> ScoreFormat:
    """Return what writes the named format; raises StudyError, naming those there are."""
    if key not in SCORE_FORMATS:
        raise StudyError(f"There is no format {key!r}. There are: {', '.join(SCORE_FORMATS)}.")
    return SCORE_FORMATS[key]
