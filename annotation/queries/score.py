"""A study's scores, live: the paper's Table 3 and the means of each rater.

What counts: the current version of every rating by an expert, here or in an imported release, in a submitted
seat, on the first occasion. Simulated ratings count in a study made for them, where nothing else does.
A removed rater's ratings keep counting. Both ratings of an item are pooled: means and SDs are over ratings,
not over item means (COLM 2024 paper, Table 3).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Min, QuerySet

from annotation.enums import Direction, Level
from annotation.models import Condition, Criterion, Rating, ScalePoint, Study
from annotation.queries.counted_rating import counted_ratings
from annotation.queries.exclusion import kept_ratings
from annotation.statistics.description import Description, describe


@dataclass(frozen=True)
class CriterionColumn:
    """A criterion as the head of a column; its scale runs from `lowest` to `highest`.

    is_rate: whether its two points are unordered, so that the mean is the share of ratings at `highest`.
    """

    key: str
    label: str
    direction: Direction
    lowest: Decimal | None
    highest: Decimal | None
    is_rate: bool


@dataclass(frozen=True)
class ConditionScores:
    """One row of Table 3; `scores` has every criterion of the study, in its order."""

    condition: int
    source: str
    model: str
    pipeline: str
    method: str
    label: str
    n_items: int
    n_ratings: int
    scores: Mapping[str, Description]


@dataclass(frozen=True)
class RaterScores:
    """One rater's ratings over all conditions."""

    code: str
    n_ratings: int
    scores: Mapping[str, Description]


@dataclass(frozen=True)
class StudyScores:
    """The numbers of page, admin, API and command. Only raters with a rating are among `raters`.

    are_conditions_hidden: whether `conditions` is empty because the study hides them for now.
    """

    slug: str
    name: str
    criteria: tuple[CriterionColumn, ...]
    conditions: tuple[ConditionScores, ...]
    raters: tuple[RaterScores, ...]
    n_items: int
    n_ratings: int
    is_simulated: bool
    are_conditions_hidden: bool = False

    def rows(self) -> Iterator[tuple[ConditionScores, list[tuple[CriterionColumn, Description]]]]:
        """Yield each condition with its cells, each beside the criterion of its column."""
        for condition in self.conditions:
            yield condition, [(criterion, condition.scores[criterion.key]) for criterion in self.criteria]

    def rater_rows(self) -> Iterator[tuple[RaterScores, list[tuple[CriterionColumn, Description]]]]:
        for rater in self.raters:
            yield rater, [(criterion, rater.scores[criterion.key]) for criterion in self.criteria]


ScoreCounts = dict[str, dict[Decimal, int]]


def scores_for_study(study: Study, *, with_exclusions: bool = True) -> StudyScores:
    """Count and describe all scores of a study. Seven queries for any size; more where too fast ones go.

    Without its exclusions the numbers are those of all ratings, to show what excluding does.
    """
    ratings = kept_ratings(study) if with_exclusions else counted_ratings(study)
    criteria = criterion_columns(study)
    by_condition, by_rater = _count_scores(study, ratings)
    sizes = {
        condition_id: (n_items, n_ratings)
        for condition_id, n_items, n_ratings in ratings.values_list("assignment__item__condition").annotate(
            Count("assignment__item", distinct=True), Count("pk")
        )
    }
    raters = (
        ratings.values_list("assignment__rater", "assignment__rater__code")
        .annotate(Count("pk"))
        .order_by("assignment__rater__code", "assignment__rater")
    )
    return StudyScores(
        slug=study.slug,
        name=study.name,
        criteria=criteria,
        conditions=tuple(
            condition_scores(
                condition,
                size=sizes.get(condition.pk, (0, 0)),
                scores=_describe_all(criteria, by_condition[condition.pk]),
            )
            for condition in study.conditions.select_related("model_spec").order_by("position")
        ),
        raters=tuple(
            RaterScores(code, n_ratings, _describe_all(criteria, by_rater[rater_id]))
            for rater_id, code, n_ratings in raters
        ),
        n_items=sum(n_items for n_items, _ in sizes.values()),
        n_ratings=sum(n_ratings for _, n_ratings in sizes.values()),
        is_simulated=study.is_simulated,
    )


def criterion_columns(study: Study) -> tuple[CriterionColumn, ...]:
    criteria = (
        Criterion.objects.filter(study=study)
        .annotate(lowest=Min("points__value"), highest=Max("points__value"), n_points=Count("points"))
        .order_by("position")
    )
    return tuple(
        CriterionColumn(
            key=criterion.key,
            label=criterion.label,
            direction=Direction(criterion.direction),
            lowest=criterion.lowest,
            highest=criterion.highest,
            is_rate=criterion.level == Level.NOMINAL and criterion.n_points == 2,
        )
        for criterion in criteria
    )


def _count_scores(
    study: Study, ratings: QuerySet[Rating]
) -> tuple[Mapping[int, ScoreCounts], Mapping[int, ScoreCounts]]:
    """Count how often each scale point was chosen, by condition and by rater. Two queries."""
    by_condition: defaultdict[int, ScoreCounts] = defaultdict(dict)
    by_rater: defaultdict[int, ScoreCounts] = defaultdict(dict)
    rows = (
        ratings.filter(current__scores__isnull=False)
        .values_list(
            "assignment__item__condition",
            "assignment__rater",
            "current__scores__point",
        )
        .annotate(Count("current__scores"))
        .order_by()
    )
    points = {
        pk: (key, value)
        for pk, key, value in ScalePoint.objects.filter(criterion__study=study).values_list(
            "pk", "criterion__key", "value"
        )
    }
    for condition_id, rater_id, point, n in rows:
        criterion_key, value = points[point]
        for groups, group_id in ((by_condition, condition_id), (by_rater, rater_id)):
            counts = groups[group_id].setdefault(criterion_key, {})
            counts[value] = counts.get(value, 0) + n
    return by_condition, by_rater


def _describe_all(criteria: tuple[CriterionColumn, ...], counts: ScoreCounts) -> dict[str, Description]:
    return {criterion.key: describe(counts.get(criterion.key, {})) for criterion in criteria}


def condition_scores(
    condition: Condition, *, size: tuple[int, int], scores: Mapping[str, Description]
) -> ConditionScores:
    n_items, n_ratings = size
    return ConditionScores(
        condition=condition.pk,
        source=condition.source,
        model=condition.model_spec.name if condition.model_spec else "",
        pipeline=condition.pipeline,
        method=condition.method,
        label=str(condition),
        n_items=n_items,
        n_ratings=n_ratings,
        scores=scores,
    )
