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
BESIDE_FORMS = {"exact": "share", "mean_absolute_difference": "points"}


@dataclass(frozen=True)
class MeasureRow:
    """form: the filter that writes the number."""

    name: str
    estimate: Values
    form: str
    meaning: str


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
class PointRow:
    """A point that the judge gave: how often, what experts gave those items, and each single rating."""

    name: str
    calibration: Values
    counts: Sequence[int]


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
    """part: as statistics.judge.report.CriterionJudge. conditions: none while they are hidden."""

    criterion: CriterionColumn
    part: Values
    outcomes: Sequence[tuple[str, int, Values]]
    measures: Sequence[MeasureRow]
    beside: Sequence[BesideRow]
    points: Sequence[PointRow]
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
    return [_card(judge, scores.criteria, conditions) for judge in judges_in(computed.report)]


def _card(
    judge: Values, criteria: Sequence[CriterionColumn], conditions: Sequence[ConditionScores]
) -> JudgeCard:
    asked = [criterion for criterion in criteria if _is_asked(judge["criteria"][criterion.key])]
    return JudgeCard(
        judge=judge,
        warnings=_warnings(judge, asked),
        criteria=[
            _of_criterion(criterion, judge["criteria"][criterion.key], conditions) for criterion in asked
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
    criterion: CriterionColumn, part: Values, conditions: Sequence[ConditionScores]
) -> JudgedCriterion:
    came = part["overall"]["outcomes"]
    return JudgedCriterion(
        criterion=criterion,
        part=part,
        outcomes=[(name, came["counts"][key], came["shares"][key]) for key, name in OUTCOMES],
        measures=list(_measures(part)),
        beside=[
            BesideRow(each["name"], each, BESIDE_FORMS.get(each["key"], "coefficient"))
            for each in part["footing"]["measures"]
        ],
        points=list(_points(part)),
        conditions=[
            JudgedConditionRow(condition, ranked, group)
            for condition, ranked, group in zip(
                conditions, part["ranking"]["conditions"], part["conditions"], strict=True
            )
        ]
        if part["ranking"]
        else [],
    )


def _measures(part: Values) -> Iterator[MeasureRow]:
    is_ordinal = part["is_ordinal"]
    names = {
        "mean_difference": "Mean difference",
        "spearman": "Spearman's rank correlation",
        "kendall": "Kendall's tau-b",
        "exact": "Equal",
        "kappa": "Cohen's kappa, quadratic weights" if is_ordinal else "Cohen's kappa",
        "ac": "Gwet's AC2, quadratic weights" if is_ordinal else "Gwet's AC1",
    }
    for key, form, meaning in MEASURES:
        yield MeasureRow(names[key], part["overall"]["comparison"][key], form, meaning)


def _points(part: Values) -> Iterator[PointRow]:
    overall = part["overall"]
    rows = zip(
        part["points"], overall["calibration"]["points"], overall["comparison"]["confusion"], strict=True
    )
    for name, calibration, counts in rows:
        yield PointRow(name, calibration, counts)
