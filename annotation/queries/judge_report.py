"""What was computed of a study's judges, row by row as their page shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.judging.worth import worth_warnings
from annotation.queries.hidden_conditions import judges_in
from annotation.queries.score import ConditionScores, CriterionColumn, StudyScores
from annotation.queries.snapshot import Computed

Values = Mapping[str, Any]

OUTCOMES = (
    ("score", "A score"),
    ("refused", "Refused"),
    ("not_applicable", "Said not to apply"),
    ("unreadable", "Unreadable"),
)
# A measure's key, its form (a filter of templatetags.statistics) and what it says.
MEASURES = (
    ("mean_difference", "difference", "Judge less experts, in points. Above 0 the judge gives more."),
    (
        "spearman",
        "coefficient",
        "Whether items that the judge scores higher have higher expert means: 1 always, 0 no relation.",
    ),
    ("kendall", "coefficient", "The same, counted over pairs of items."),
    ("exact", "share", "Of one reply and one expert's rating, how often they are equal."),
    (
        "kappa",
        "coefficient",
        "One reply and one rating, beyond chance: low where the judge's level is another.",
    ),
    ("ac", "coefficient", "The same with another chance, not so low where one point prevails."),
)
FORMS = {"exact": "share", "mean_absolute_difference": "points"}


@dataclass(frozen=True)
class MeasureRow:
    """form: the filter that writes the number."""

    name: str
    estimate: Values
    form: str
    meaning: str = ""


@dataclass(frozen=True)
class BesideRow:
    """The judge with an expert, and one expert with another."""

    name: str
    measure: Values
    form: str

    @property
    def difference_form(self) -> str:
        return "difference" if self.form == "points" else self.form


@dataclass(frozen=True)
class Mark:
    """Where the judge's point, the experts' mean and its interval lie on the scale, from 0 to 100 in words.

    low, high: empty without an interval.
    """

    own: str
    mean: str
    low: str
    high: str


@dataclass(frozen=True)
class PointRow:
    """A point that the judge gave: how often, what experts gave those items, and each single rating.

    mark: None where the experts have no mean.
    """

    name: str
    calibration: Values
    counts: Sequence[int]
    mark: Mark | None


@dataclass(frozen=True)
class JudgedConditionRow:
    condition: ConditionScores
    ranked: Values
    group: Values

    @property
    def n_without_score(self) -> int:
        came = self.group["outcomes"]
        return int(came["n"] - came["counts"]["score"])


@dataclass(frozen=True)
class JudgedCriterion:
    """One criterion over all items, or over those of one condition.

    part, group: as statistics.judge.report.CriterionJudge, and the JudgedGroup of the items shown.
    conditions: none while they are hidden, nor within a condition.
    """

    criterion: CriterionColumn
    part: Values
    group: Values
    outcomes: Sequence[tuple[str, int, Values]]
    measures: Sequence[MeasureRow]
    beside: Sequence[BesideRow]
    points: Sequence[PointRow]
    consistency: Sequence[MeasureRow]
    conditions: Sequence[JudgedConditionRow]


@dataclass(frozen=True)
class JudgeCard:
    """warnings: why its scores are worth little, whatever the numbers say; else empty."""

    judge: Values
    warnings: Sequence[str]
    criteria: Sequence[JudgedCriterion]
    not_asked: Sequence[str]


def judge_cards(computed: Computed, scores: StudyScores) -> list[JudgeCard]:
    """Return the judges, each with the criteria that it was asked about and the labels of the others."""
    by_key = {condition.condition: condition for condition in scores.conditions}
    conditions = [by_key[key] for key in computed.plan["conditions"]]
    return [_card(judge, scores.criteria, computed.plan, conditions) for judge in judges_in(computed.report)]


def judge_card_within(
    computed: Computed, scores: StudyScores, *, judge_run: int, condition: int
) -> tuple[ConditionScores, JudgeCard] | None:
    """Return a condition and a judge over its items, by their keys; None where nothing was computed."""
    number = computed.number_of().get(condition)
    judge = next((each for each in judges_in(computed.report) if each["judge_run"] == judge_run), None)
    if number is None or judge is None:
        return None
    shown = next(each for each in scores.conditions if each.condition == condition)
    return shown, _card(judge, scores.criteria, computed.plan, (), within=number)


def _card(
    judge: Values,
    criteria: Sequence[CriterionColumn],
    plan: Values,
    conditions: Sequence[ConditionScores],
    *,
    within: int | None = None,
) -> JudgeCard:
    asked = [criterion for criterion in criteria if _is_asked(judge["criteria"][criterion.key])]
    parts = [judge["criteria"][criterion.key] for criterion in asked]
    return JudgeCard(
        judge=judge,
        warnings=_warnings(judge, asked),
        criteria=[
            _of_criterion(
                criterion,
                part,
                part["overall"] if within is None else part["conditions"][within],
                [float(value) for value in plan["points"][criterion.key]],
                conditions,
            )
            for criterion, part in zip(asked, parts, strict=True)
        ],
        not_asked=[criterion.label for criterion in criteria if criterion not in asked],
    )


def _warnings(judge: Values, asked: Sequence[CriterionColumn]) -> list[str]:
    """Say what speaks against the judge as such; what holds no score is said of each criterion by itself."""
    commonest = {}
    for criterion in asked:
        part = judge["criteria"][criterion.key]
        given = [point["n_replies"] for point in part["overall"]["calibration"]["points"]]
        n, name = max(zip(given, part["points"], strict=True))
        commonest[criterion.label] = (name, n, sum(given))
    return worth_warnings(judge["judge"], n_answered=0, n_scores=0, commonest=commonest)


def _is_asked(part: Values) -> bool:
    came = part["overall"]["outcomes"]
    return bool(came["n"] or came["n_waiting"])


def _of_criterion(
    criterion: CriterionColumn,
    part: Values,
    group: Values,
    values: Sequence[float],
    conditions: Sequence[ConditionScores],
) -> JudgedCriterion:
    came = group["outcomes"]
    return JudgedCriterion(
        criterion=criterion,
        part=part,
        group=group,
        outcomes=[(name, came["counts"][key], came["shares"][key]) for key, name in OUTCOMES],
        measures=list(_measures(group, is_ordinal=part["is_ordinal"])),
        beside=[
            BesideRow(each["name"], each, FORMS.get(each["key"], "coefficient"))
            for each in group["footing"]["measures"]
        ],
        points=list(_points(part["points"], values, group)),
        consistency=[
            MeasureRow(each["name"], each["value"], FORMS.get(each["key"], "coefficient"))
            for each in group["consistency"]["measures"]
        ],
        conditions=[
            JudgedConditionRow(condition, ranked, within)
            for condition, ranked, within in zip(
                conditions, part["ranking"]["conditions"], part["conditions"], strict=True
            )
        ]
        if part["ranking"] and conditions
        else [],
    )


def _measures(group: Values, *, is_ordinal: bool) -> Iterator[MeasureRow]:
    names = {
        "mean_difference": "Mean difference",
        "spearman": "Spearman's rank correlation",
        "kendall": "Kendall's tau-b",
        "exact": "Equal",
        "kappa": "Cohen's kappa, quadratic weights" if is_ordinal else "Cohen's kappa",
        "ac": "Gwet's AC2, quadratic weights" if is_ordinal else "Gwet's AC1",
    }
    for key, form, meaning in MEASURES:
        yield MeasureRow(names[key], group["comparison"][key], form, meaning)


def _points(names: Sequence[str], values: Sequence[float], group: Values) -> Iterator[PointRow]:
    rows = zip(names, values, group["calibration"]["points"], group["comparison"]["confusion"], strict=True)
    for name, value, calibration, counts in rows:
        yield PointRow(name, calibration, counts, _mark(value, calibration["expert_mean"], values))


def _mark(own: float, mean: Values, values: Sequence[float]) -> Mark | None:
    if mean["value"] is None or values[0] == values[-1]:
        return None

    def place(value: float | None) -> str:
        return "" if value is None else f"{100 * (value - values[0]) / (values[-1] - values[0]):.1f}"

    return Mark(place(own), place(mean["value"]), place(mean["low"]), place(mean["high"]))
