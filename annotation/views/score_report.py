"""What was computed of a study, row by row as its pages show it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from annotation.queries.contrast import BASELINE
from annotation.queries.score import ConditionScores, CriterionColumn, StudyScores
from annotation.queries.snapshot import Computed

Values = Mapping[str, Any]

# In words, what a coefficient of agreement is about; the names are those of statistics.report.agreement.
COLUMNS_BY_CONDITION = ("exact", "alpha", "ac", "icc")
# What stands for pairs and re-ratings within a condition where a snapshot was taken before there were any.
EARLIER: Values = {"shown": [], "reason": ""}


@dataclass(frozen=True)
class ConditionAgreement:
    """cells: the coefficients of COLUMNS_BY_CONDITION; empty where they are refused."""

    condition: ConditionScores
    agreement: Values
    cells: Sequence[Values]


@dataclass(frozen=True)
class CriterionAgreement:
    criterion: CriterionColumn
    overall: Values
    names: Sequence[str]
    conditions: Sequence[ConditionAgreement]


@dataclass(frozen=True)
class ContrastRow:
    a: ConditionScores
    b: ConditionScores
    contrast: Values


@dataclass(frozen=True)
class EffectRow:
    condition: ConditionScores
    effect: Values


@dataclass(frozen=True)
class CriterionComparisons:
    """reaches: what too few posts can never show, each sentence once; model: None without a reference."""

    criterion: CriterionColumn
    rows: Sequence[ContrastRow]
    reaches: Sequence[str]
    model: Values | None
    effects: Sequence[EffectRow]
    reference: ConditionScores | None
    is_primary: bool

    @property
    def against(self) -> str:
        """Return what all rows are compared with, in words; "" where they differ in that."""
        if len({row.b.condition for row in self.rows}) == 1:
            return self.rows[0].b.label
        if all(
            (row.b.pipeline, row.b.method) == BASELINE and row.a.model == row.b.model for row in self.rows
        ):
            return "INDV vanilla of its model"
        return ""


@dataclass(frozen=True)
class RaterRow:
    """severity and drift: estimates with their number of items."""

    code: str
    use: Values
    severity: Values
    drift: Values


@dataclass(frozen=True)
class PairRow:
    """agreement: with intervals over posts; over_items: the same with those, None in earlier snapshots."""

    first: str
    second: str
    agreement: Values
    over_items: Values | None


@dataclass(frozen=True)
class IntraRow:
    """A rater's two occasions, as a PairRow."""

    code: str
    agreement: Values
    over_items: Values | None


@dataclass(frozen=True)
class PairsOfCondition:
    """rows: of pairs with enough items. reason: words on the others, and where there is none."""

    rows: Sequence[PairRow]
    reason: str


@dataclass(frozen=True)
class RepeatsOfCondition:
    """rows: of raters who rated enough items twice. reason: words on the others, and where there is none."""

    rows: Sequence[IntraRow]
    reason: str


@dataclass(frozen=True)
class AgreementOfCondition:
    """agreement: of one condition on one criterion. In earlier snapshots no pairs and repeats stood by it."""

    criterion: CriterionColumn
    agreement: Values
    pairs: PairsOfCondition
    repeats: RepeatsOfCondition


@dataclass(frozen=True)
class CriterionRaters:
    criterion: CriterionColumn
    rows: Sequence[RaterRow]
    pairs: Sequence[PairRow]
    intra: Sequence[IntraRow]


@dataclass(frozen=True)
class HaloRow:
    """One rater's correlations, in the order of `Report.halo_pairs`."""

    code: str
    halos: Sequence[Values]


@dataclass(frozen=True)
class GroupCell:
    """given: each point of the scale that somebody gave, and how many ratings did."""

    criterion: CriterionColumn
    scores: Values
    given: Sequence[tuple[Decimal, int]]


@dataclass(frozen=True)
class GroupRow:
    """cells: of every criterion."""

    name: str
    group: Values
    cells: Sequence[GroupCell]


@dataclass(frozen=True)
class Breakdown:
    kind: str
    rows: Sequence[GroupRow]


class Report:
    """A snapshot's report with the names of what its numbers stand for."""

    def __init__(self, computed: Computed, scores: StudyScores) -> None:
        self._report = computed.report
        by_key = {condition.condition: condition for condition in scores.conditions}
        self._conditions = [by_key[key] for key in computed.plan["conditions"]]
        self._raters: Sequence[str] = computed.plan["raters"]
        self._reference: int | None = computed.plan["reference"]
        self._groups: Mapping[str, Sequence[str]] = computed.plan["groups"]
        # The first snapshots had no points.
        self._points: Mapping[str, Sequence[str]] = computed.plan.get("points", {})
        self._criteria = scores.criteria
        # A snapshot from before there were plans names none.
        self._primary: str | None = computed.plan.get("primary_criterion")

    def primary_criterion(self) -> CriterionColumn | None:
        return next((criterion for criterion in self._criteria if criterion.key == self._primary), None)

    def agreement(self) -> Iterator[CriterionAgreement]:
        for criterion in self._criteria:
            of_criterion = self._report["agreement"][criterion.key]
            names = {each["key"]: each["name"] for each in of_criterion["overall"]["coefficients"]}
            yield CriterionAgreement(
                criterion=criterion,
                overall=of_criterion["overall"],
                names=[names[key] for key in COLUMNS_BY_CONDITION if key in names],
                conditions=[
                    ConditionAgreement(condition, agreement, _cells(agreement))
                    for condition, agreement in zip(self._conditions, of_criterion["conditions"], strict=True)
                ],
            )

    def agreement_of(self, condition: ConditionScores) -> list[AgreementOfCondition]:
        """Return the agreement within one condition by criterion; none where it was not computed yet."""
        if condition not in self._conditions:
            return []
        number = self._conditions.index(condition)
        return [
            self._within(criterion, self._report["agreement"][criterion.key]["conditions"][number])
            for criterion in self._criteria
        ]

    def _within(self, criterion: CriterionColumn, agreement: Values) -> AgreementOfCondition:
        pairs, repeats = agreement.get("pairs", EARLIER), agreement.get("repeats", EARLIER)
        return AgreementOfCondition(
            criterion,
            agreement,
            pairs=PairsOfCondition(
                [
                    PairRow(self._raters[each["first"]], self._raters[each["second"]], *_both_intervals(each))
                    for each in pairs["shown"]
                ],
                pairs["reason"],
            ),
            repeats=RepeatsOfCondition(
                [IntraRow(self._raters[each["rater"]], *_both_intervals(each)) for each in repeats["shown"]],
                repeats["reason"],
            ),
        )

    def comparisons(self) -> Iterator[CriterionComparisons]:
        for criterion in self._criteria:
            of_criterion = self._report["comparisons"][criterion.key]
            contrasts, model = of_criterion["contrasts"], of_criterion["model"]
            yield CriterionComparisons(
                criterion=criterion,
                rows=[
                    ContrastRow(self._conditions[each["a"]], self._conditions[each["b"]], each)
                    for each in contrasts
                ],
                reaches=list(dict.fromkeys(each["reach"] for each in contrasts if each["reach"])),
                model=model,
                effects=[
                    EffectRow(self._conditions[effect["condition"]], effect)
                    for effect in (model["effects"] if model else ())
                ],
                reference=None if self._reference is None else self._conditions[self._reference],
                is_primary=criterion.key == self._primary,
            )

    def raters(self) -> Iterator[CriterionRaters]:
        for criterion in self._criteria:
            of_criterion = self._report["raters"]["criteria"][criterion.key]
            columns = (of_criterion[name] for name in ("use", "severity", "drift"))
            yield CriterionRaters(
                criterion=criterion,
                rows=[
                    RaterRow(self._raters[use["rater"]], use, severity, drift)
                    for use, severity, drift in zip(*columns, strict=True)
                ],
                pairs=[
                    PairRow(
                        self._raters[pair["first"]],
                        self._raters[pair["second"]],
                        pair["agreement"],
                        pair.get("over_items"),
                    )
                    for pair in of_criterion["pairs"]
                ],
                intra=[
                    IntraRow(self._raters[each["rater"]], each["agreement"], each.get("over_items"))
                    for each in of_criterion["intra"]
                ],
            )

    def halo_pairs(self) -> list[tuple[CriterionColumn, CriterionColumn]]:
        return list(combinations(self._criteria, 2))

    def halo(self) -> Iterator[HaloRow]:
        by_rater: dict[int, list[Values]] = {}
        for halo in self._report["raters"]["halo"]:
            by_rater.setdefault(halo["rater"], []).append(halo)
        for rater, halos in by_rater.items():
            yield HaloRow(self._raters[rater], halos)

    def breakdowns(self) -> Iterator[Breakdown]:
        """Yield how the scores part by rater, dimension, topic and post, only of groups with a rating.

        A way that parts nothing is left out.
        """
        for kind, groups in self._report["breakdowns"].items():
            named = zip(self._groups[kind], groups, strict=True)
            rows = [self._group(name, group) for name, group in named if group["n_ratings"]]
            if len(rows) > 1:
                yield Breakdown(kind, rows)

    def _group(self, name: str, group: Values) -> GroupRow:
        return GroupRow(
            name,
            group,
            [self._cell(criterion, group["scores"][criterion.key]) for criterion in self._criteria],
        )

    def _cell(self, criterion: CriterionColumn, scores: Values) -> GroupCell:
        points = zip(self._points.get(criterion.key, ()), scores["counts"], strict=False)
        return GroupCell(criterion, scores, [(Decimal(point), count) for point, count in points if count])

    def never_met(self) -> list[tuple[str, str]]:
        return [(self._raters[a], self._raters[b]) for a, b in self._report["raters"]["never_met"]]

    def groups(self) -> list[list[str]]:
        """Return the groups of raters between whom nothing can be compared; empty when there is one only."""
        groups = self._report["raters"]["groups"]
        return [[self._raters[rater] for rater in group] for group in groups] if len(groups) > 1 else []


def _both_intervals(pair: Values) -> tuple[Values, Values]:
    """Return what a PairRow has: measures with intervals over posts, and the same with those over items."""
    measures = {name: measure for name, measure in pair.items() if isinstance(measure, Mapping)}
    over_posts, over_items = (
        {name: _with_interval(measure, over) for name, measure in measures.items()}
        for over in ("posts", "items")
    )
    return {**over_posts, "n_items": pair["n_items"]}, over_items


def _with_interval(measure: Values, over: str) -> Values:
    low, high = measure[over] or (None, None)
    return {"value": measure["value"], "low": low, "high": high, "reason": measure["reason"]}


def _cells(agreement: Values) -> list[Values]:
    by_key = {each["key"]: each for each in agreement["coefficients"]}
    return [by_key[key] for key in COLUMNS_BY_CONDITION if key in by_key]
