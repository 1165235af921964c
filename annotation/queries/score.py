"""A study's scores, live: the paper's Table 3 and the means of each rater.

What counts: the current version of every rating by an expert, here or in an imported release, in a submitted
seat, on the first occasion. Simulated ratings count in a study made for them, where nothing else does.
A removed rater's ratings keep counting. Both ratings of an item are pooled: means and SDs are over ratings,
not over item means (COLM 2024 paper, Table 3).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Min

from annotation.enums import Direction, Level
from annotation.models import Condition, Criterion, Study
from annotation.queries.counted_rating import counted_ratings
from annotation.queries.exclusion import kept_ratings
from annotation.queries.score_count import ScoreCounts, count_items, count_ratings
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
class Distribution:
    """How often each value of a criterion was given under each condition, of the values that somebody gave.

    rows: a condition, its description on this criterion, and its counts in the order of `values`.
    """

    criterion: CriterionColumn
    values: Sequence[Decimal]
    rows: Sequence[tuple[ConditionScores, Description, Sequence[int]]]


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

    def distributions(self) -> Iterator[Distribution]:
        """Yield each criterion's scores by condition, of conditions with any; only criteria with a score."""
        for criterion in self.criteria:
            described = [(condition, condition.scores[criterion.key]) for condition in self.conditions]
            values = sorted({value for _, description in described for value in description.counts})
            rows = [
                (condition, description, [description.counts.get(value, 0) for value in values])
                for condition, description in described
                if description.n
            ]
            if rows:
                yield Distribution(criterion, values, rows)

    def rater_rows(self) -> Iterator[tuple[RaterScores, list[tuple[CriterionColumn, Description]]]]:
        for rater in self.raters:
            yield rater, [(criterion, rater.scores[criterion.key]) for criterion in self.criteria]


def scores_for_study(study: Study, *, with_exclusions: bool = True) -> StudyScores:
    """Count and describe all scores of a study. Seven queries for any size.

    Without its exclusions the numbers are those of all ratings, to show what excluding does.
    """
    ratings = kept_ratings(study) if with_exclusions else counted_ratings(study)
    criteria = criterion_columns(study)
    conditions = {
        condition.pk: condition
        for condition in study.conditions.select_related("model_spec").order_by("position")
    }
    raters = dict(study.memberships.order_by("code", "pk").values_list("pk", "code"))
    n_items = count_items(ratings)
    by_condition, by_rater = count_ratings(study, ratings, raters=raters)
    return StudyScores(
        slug=study.slug,
        name=study.name,
        criteria=criteria,
        conditions=tuple(
            condition_scores(
                condition,
                size=(n_items[key], by_condition.n_ratings[key]),
                scores=_describe_all(criteria, by_condition.scores.get(key, {})),
            )
            for key, condition in conditions.items()
        ),
        raters=tuple(
            RaterScores(code, n_ratings, _describe_all(criteria, by_rater.scores.get(rater_id, {})))
            for rater_id, code in raters.items()
            if (n_ratings := by_rater.n_ratings[rater_id])
        ),
        n_items=n_items.total(),
        n_ratings=by_condition.n_ratings.total(),
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
