"""Table 3 with intervals: each condition's scores on each criterion."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.description import describe
from annotation.statistics.interval import Estimate
from annotation.statistics.means import bootstrap_means
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.quartiles import quartiles
from annotation.statistics.rates import Rate, wilson_rate
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale, StudyRatings


@dataclass(frozen=True)
class ScoresReport:
    """The scores of one group on one criterion.

    mean: with the interval from resampling posts. sd: n-1, over ratings. counts: how often each point of the
    scale was given, in its order. rate: of the scale's upper point, where it has two unordered ones.
    """

    n: int
    n_items: int
    mean: Estimate
    sd: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    counts: tuple[int, ...]
    rate: Rate | None


@dataclass(frozen=True)
class ConditionReport:
    """One condition, or one group of items or ratings; `scores` by criterion key."""

    number: int
    n_items: int
    n_ratings: int
    scores: dict[str, ScoresReport]


def condition_reports(ratings: StudyRatings, plan: Plan) -> tuple[ConditionReport, ...]:
    """Return the report of each condition, in their order, also of those without a rating."""
    return group_reports(ratings, plan, ratings.condition[ratings.item], len(ratings.conditions))


def group_reports(
    ratings: StudyRatings, plan: Plan, group: IntArray, n_groups: int
) -> tuple[ConditionReport, ...]:
    """Return a report of each group of ratings; group: (n_ratings,), 0..n_groups-1."""
    by_criterion = {
        scale.key: _scores(ratings, plan, criterion, group, n_groups)
        for criterion, scale in enumerate(ratings.scales)
    }
    n_ratings = np.bincount(group, minlength=n_groups)
    n_items = _items_by_group(ratings.item, group, n_groups)
    return tuple(
        ConditionReport(
            number=number,
            n_items=int(n_items[number]),
            n_ratings=int(n_ratings[number]),
            scores={key: scores[number] for key, scores in by_criterion.items()},
        )
        for number in range(n_groups)
    )


def _scores(
    ratings: StudyRatings, plan: Plan, criterion: int, group: IntArray, n_groups: int
) -> list[ScoresReport]:
    scale, observed = ratings.scales[criterion], ratings.observations(criterion)
    of_score = group[ratings.scored(criterion)]
    cell = observed.cluster[observed.unit] * n_groups + of_score
    size = ratings.n_posts * n_groups
    points = observed.values[observed.category]
    shape = (ratings.n_posts, n_groups)
    sums: FloatArray = np.bincount(cell, weights=points, minlength=size).astype(np.float64).reshape(shape)
    ns = np.bincount(cell, minlength=size).reshape(shape)
    means = bootstrap_means(sums, ns, seed=plan.seed, n_resamples=plan.n_resamples)
    counts = np.bincount(
        of_score * len(scale.values) + observed.category, minlength=n_groups * len(scale.values)
    )
    rated = _items_by_group(observed.unit, of_score, n_groups)
    return [
        _of_group(scale, counts=of_group, n_items=int(n_items), mean=mean)
        for of_group, n_items, mean in zip(
            counts.reshape(n_groups, len(scale.values)), rated, means, strict=True
        )
    ]


def _items_by_group(item: IntArray, group: IntArray, n_groups: int) -> IntArray:
    """Return (n_groups,): how many different items each group has; item, group: (n_ratings,)."""
    cells = np.unique(item * n_groups + group) if n_groups else np.empty(0, dtype=np.int64)
    return np.bincount(cells % max(n_groups, 1), minlength=n_groups)


def _of_group(scale: Scale, *, counts: IntArray, n_items: int, mean: Estimate) -> ScoresReport:
    by_value = {value: int(count) for value, count in zip(scale.values, counts, strict=True)}
    exact, middle = describe(by_value), quartiles(by_value)
    return ScoresReport(
        n=exact.n,
        n_items=n_items,
        mean=Estimate(exact.mean, mean.low, mean.high, mean.reason),
        sd=exact.sd,
        lower_quartile=middle.lower if middle else None,
        median=middle.median if middle else None,
        upper_quartile=middle.upper if middle else None,
        counts=tuple(by_value.values()),
        rate=wilson_rate(int(counts[-1]), exact.n) if scale.is_rate else None,
    )
