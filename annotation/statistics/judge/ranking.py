"""The conditions in the judge's order and in the experts', side by side."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import rankdata

from annotation.statistics.coincidence import divide
from annotation.statistics.interval import Estimate
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.post_sums import PostSums
from annotation.statistics.judge.words import NO_ORDER, why_not_compared
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale

MINIMUM_CONDITIONS = 3
NOT_COMPARED = "No item of this condition has a score by the judge and one by an expert."
ALL_EQUAL = "The judge or the experts gave all conditions the same mean, so there is no order."


@dataclass(frozen=True)
class RankedCondition:
    """One condition by the same items for both. Ranks: 1 has the highest mean; equal means share theirs."""

    number: int
    n_items: int
    judge_mean: Estimate
    expert_mean: Estimate
    judge_rank: float | None
    expert_rank: float | None


@dataclass(frozen=True)
class Ranking:
    """conditions: in their order, also those without an item. kendall: tau-b of the two rows of means.

    n_conditions: with an item that the judge scored and an expert rated.
    """

    n_items: int
    n_conditions: int
    kendall: Estimate
    conditions: tuple[RankedCondition, ...]


def ranking(judged: Judged, condition: IntArray, n_conditions: int, scale: Scale, plan: Plan) -> Ranking:
    """Rank the conditions; condition: (n_items,), 0..n_conditions-1."""
    compared = judged.is_compared()
    both, at = judged.subset(compared), condition[compared]
    ns = np.bincount(at, minlength=n_conditions)
    why_not = why_not_compared(judged) if scale.is_ordinal or scale.is_rate else NO_ORDER
    if why_not:
        return _unranked(ns, why_not)

    def of_sums(sums: FloatArray) -> FloatArray:
        judge, experts, n = np.split(sums, 3, axis=1)
        means = divide(judge, n), divide(experts, n)
        return np.hstack((*means, _kendall(*means)[:, np.newaxis]))

    sums = PostSums(_columns(both, at, n_conditions), both.post, of_sums)
    found: list[Estimate] = [
        *sums.estimates(seed=plan.seed, n_resamples=plan.n_resamples, undefined=NOT_COMPARED)
    ]
    judge, experts = found[:n_conditions], found[n_conditions:-1]
    ranks = zip(_ranks(judge), _ranks(experts), strict=True)
    return Ranking(
        n_items=both.n_items,
        n_conditions=int(np.count_nonzero(ns)),
        kendall=_explained(found[-1], n_conditions=int(np.count_nonzero(ns))),
        conditions=tuple(
            RankedCondition(number, int(ns[number]), judge[number], experts[number], *of_condition)
            for number, of_condition in enumerate(ranks)
        ),
    )


def _columns(both: Judged, condition: IntArray, n_conditions: int) -> csr_array:
    """Return (n_items, 3 n_conditions): judge's mean, experts' mean and 1, in the item's condition."""
    n_items = both.n_items
    numbers = np.concatenate((both.judge_means, both.expert_means, np.ones(n_items)))
    rows = np.tile(np.arange(n_items), 3)
    columns = np.concatenate([condition + part * n_conditions for part in range(3)])
    return csr_array((numbers, (rows, columns)), shape=(n_items, 3 * n_conditions))


def _kendall(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return (some,): tau-b between rows of means (some, n_conditions), over those that are not NaN."""
    balance, untied = np.zeros(len(first)), np.zeros((2, len(first)))
    for step in range(1, first.shape[1]):
        one, other = (_signs(means, step) for means in (first, second))
        both = np.isfinite(one) & np.isfinite(other)
        balance += np.where(both, one * other, 0).sum(axis=1)
        untied += [np.count_nonzero(both & (signs != 0), axis=1) for signs in (one, other)]
    is_enough = np.count_nonzero(np.isfinite(first), axis=1) >= MINIMUM_CONDITIONS
    return np.where(is_enough, divide(balance, np.sqrt(untied[0] * untied[1])), np.nan)


def _signs(means: FloatArray, step: int) -> FloatArray:
    """Return which is higher of conditions `step` places apart; what differs by rounding is equal."""
    return np.sign(np.round(means[:, step:] - means[:, :-step], 9))


def _ranks(means: list[Estimate]) -> list[float | None]:
    numbers = np.array([np.nan if mean.value is None else mean.value for mean in means])
    ranks = rankdata(-np.round(numbers, 9), nan_policy="omit")
    return [float(rank) if np.isfinite(rank) else None for rank in ranks]


def _explained(kendall: Estimate, *, n_conditions: int) -> Estimate:
    if kendall.value is not None:
        return kendall
    if n_conditions < MINIMUM_CONDITIONS:
        return Estimate(
            None,
            reason=f"Conditions with a score by the judge and by an expert: {n_conditions}. An order of"
            f" conditions is compared from {MINIMUM_CONDITIONS} on.",
        )
    return Estimate(None, reason=ALL_EQUAL)


def _unranked(ns: IntArray, why_not: str) -> Ranking:
    none = Estimate(None, reason=why_not)
    return Ranking(
        n_items=int(ns.sum()),
        n_conditions=int(np.count_nonzero(ns)),
        kendall=none,
        conditions=tuple(
            RankedCondition(number, int(n), none, none, None, None) for number, n in enumerate(ns)
        ),
    )
