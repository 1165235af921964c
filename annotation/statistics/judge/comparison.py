"""The judge's scores beside the experts' on the same items: means, correlation, agreement, who gave what."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.agreement import EXACT_AGREEMENT
from annotation.statistics.gwet import AC1, AC2_QUADRATIC
from annotation.statistics.interval import Estimate
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.pairings import pair_shares, pair_table
from annotation.statistics.judge.post_sums import PostSums
from annotation.statistics.judge.rank_correlation import rank_correlations
from annotation.statistics.judge.words import (
    CONSTANT_EXPERTS,
    CONSTANT_JUDGE,
    NO_ORDER,
    ONE_MARGIN,
    why_no_agreement,
    why_not_compared,
)
from annotation.statistics.kappa import KAPPA, KAPPA_QUADRATIC
from annotation.statistics.observations import FloatArray
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale


@dataclass(frozen=True)
class Comparison:
    """Of the items that the judge scored and experts rated. refusal: why no coefficient is shown; else empty.

    judge_mean, expert_mean: over items, of the mean of an item's scores. mean_difference: judge less experts.
    spearman, kendall: of an item's two means. exact, kappa, ac: of one reply with one rating, each item
    counting once; kappa is Cohen's, and quadratic weights are used where the points are ordered.
    confusion: pairs of a reply (rows) and a rating (columns) by point; n_pairs is their number.
    """

    n_items: int
    n_posts: int
    n_replies: int
    n_ratings: int
    n_pairs: int
    refusal: str
    judge_mean: Estimate
    expert_mean: Estimate
    mean_difference: Estimate
    spearman: Estimate
    kendall: Estimate
    exact: Estimate
    kappa: Estimate
    ac: Estimate
    confusion: tuple[tuple[int, ...], ...]


def comparison(judged: Judged, scale: Scale, plan: Plan) -> Comparison:
    """Compare what can be compared of some items."""
    both = judged.subset(judged.is_compared())
    refusal = why_no_agreement(judged)
    has_order = scale.is_ordinal or scale.is_rate
    table = both.replies.T @ both.ratings
    judge_mean, expert_mean, difference = _means(both, plan, why_not=_order(has_order, judged))
    spearman, kendall = _correlations(both, plan, why_not="" if has_order else NO_ORDER, refusal=refusal)
    exact, kappa, ac = _agreement(both, scale, plan, refusal=refusal)
    return Comparison(
        n_items=both.n_items,
        n_posts=both.n_posts,
        n_replies=int(both.replies.sum()),
        n_ratings=int(both.ratings.sum()),
        n_pairs=int(table.sum()),
        refusal=refusal,
        judge_mean=judge_mean,
        expert_mean=expert_mean,
        mean_difference=difference,
        spearman=spearman,
        kendall=kendall,
        exact=exact,
        kappa=kappa,
        ac=ac,
        confusion=tuple(map(tuple, table.tolist())),
    )


def _order(has_order: bool, judged: Judged) -> str:
    return why_not_compared(judged) if has_order else NO_ORDER


def _means(both: Judged, plan: Plan, *, why_not: str) -> list[Estimate]:
    if why_not:
        return [Estimate(None, reason=why_not)] * 3
    means = (both.judge_means, both.expert_means)
    columns = np.column_stack((*means, means[0] - means[1], np.ones(both.n_items)))

    def of_sums(sums: FloatArray) -> FloatArray:
        return np.asarray(sums[:, :3] / sums[:, 3:])

    sums = PostSums(csr_array(columns), both.post, of_sums)
    return [*sums.estimates(seed=plan.seed, n_resamples=plan.n_resamples, undefined=why_not)]


def _correlations(both: Judged, plan: Plan, *, why_not: str, refusal: str) -> list[Estimate]:
    reason = why_not or refusal or why_constant(both)
    if reason:
        return [Estimate(None, reason=reason)] * 2
    sums = rank_correlations(both.judge_means, both.expert_means, both.post)
    return [*sums.estimates(seed=plan.seed, n_resamples=plan.n_resamples, undefined=CONSTANT_JUDGE)]


def why_constant(both: Judged) -> str:
    """Say which of the two gave all items the same; empty where neither did."""
    if np.ptp(np.round(both.judge_means, 9)) == 0:
        return CONSTANT_JUDGE
    return CONSTANT_EXPERTS if np.ptp(np.round(both.expert_means, 9)) == 0 else ""


def _agreement(both: Judged, scale: Scale, plan: Plan, *, refusal: str) -> list[Estimate]:
    """Return exact agreement, Cohen's kappa and Gwet's AC of one reply with one rating."""
    if refusal:
        return [Estimate(None, reason=refusal)] * 3
    kappa, ac = (KAPPA_QUADRATIC, AC2_QUADRATIC) if scale.is_ordinal else (KAPPA, AC1)
    n_cells = len(both.values) ** 2

    def of_sums(sums: FloatArray) -> FloatArray:
        table, shares = sums[:, :n_cells], sums[:, n_cells:]
        return np.column_stack(
            (
                EXACT_AGREEMENT.from_sums(shares, both.values),
                kappa.from_sums(table, both.values),
                ac.from_sums(shares, both.values),
            )
        )

    per_item = csr_array(np.hstack((pair_table(both), pair_shares(both))))
    sums = PostSums(per_item, both.post, of_sums)
    exact, cohen, gwet = sums.estimates(seed=plan.seed, n_resamples=plan.n_resamples, undefined=ONE_MARGIN)
    constant = _why_one_point(both)
    return [exact, Estimate(None, reason=constant) if constant else cohen, gwet]


def _why_one_point(both: Judged) -> str:
    """Say which of the two used a single point: kappa's 0 would then not be one."""
    if np.count_nonzero(both.replies.any(axis=0)) == 1:
        return CONSTANT_JUDGE
    return CONSTANT_EXPERTS if np.count_nonzero(both.ratings.any(axis=0)) == 1 else ""
