"""The judge with one expert beside one expert with another, on the same items and by the same formulas.

A judge that is compared with the mean of several experts looks better than any single expert could, for a
mean is less noisy than a rating. Here it stands where an expert stands: one reply against one rating.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.agreement import EXACT_AGREEMENT, MEAN_ABSOLUTE_DIFFERENCE
from annotation.statistics.coefficient import Coefficient
from annotation.statistics.gwet import AC1, AC2_QUADRATIC, EQUAL, FLEISS_KAPPA, FLEISS_KAPPA_QUADRATIC
from annotation.statistics.interpretation import MINIMUM_ITEMS, why_not_shown
from annotation.statistics.interval import Estimate
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.pair_correlation import pair_correlations
from annotation.statistics.judge.pairings import expert_shares, pair_shares
from annotation.statistics.judge.post_sums import PostSums
from annotation.statistics.judge.words import NO_ORDER, items_have, why_not_compared
from annotation.statistics.observations import FloatArray, Observations
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale


@dataclass(frozen=True)
class FootingMeasure:
    """judge: with one expert. experts: one with another. difference: judge less experts."""

    key: str
    name: str
    judge: Estimate
    experts: Estimate
    difference: Estimate


@dataclass(frozen=True)
class Footing:
    """n_items: scored by the judge and rated twice or more. refusal: why nothing is shown; else empty.

    n_rater_pairs: of which the correlations are the mean. measures: none where refused.
    """

    n_items: int
    n_posts: int
    n_ratings: int
    n_raters: int
    n_rater_pairs: int
    refusal: str
    measures: tuple[FootingMeasure, ...]


def footing(judged: Judged, observed: Observations, scale: Scale, plan: Plan) -> Footing:
    """Return both agreements of a criterion; observed: all of its ratings, of the same items as judged."""
    twice = judged.is_scored() & (judged.ratings.sum(axis=1) >= 2)
    shared, ratings = judged.subset(twice), observed.subset(twice)
    refusal = _why_not(judged, shared.n_items, n_raters=observed.n_raters)
    correlation = pair_correlations(shared, ratings)
    return Footing(
        n_items=shared.n_items,
        n_posts=shared.n_posts,
        n_ratings=ratings.n_ratings,
        n_raters=ratings.n_raters,
        n_rater_pairs=correlation.n_pairs,
        refusal=refusal,
        measures=()
        if refusal
        else (*_agreement(shared, scale, plan), _correlation(correlation.sums, scale, plan)),
    )


def _why_not(judged: Judged, n_items: int, *, n_raters: int) -> str:
    if n_raters < 2:
        return why_not_shown(n_items_rated_twice=0, n_raters=n_raters)
    if n_items >= MINIMUM_ITEMS:
        return ""
    return (
        why_not_compared(judged)
        or f"Only {items_have(n_items)} a score by the judge and two ratings; this is shown from"
        f" {MINIMUM_ITEMS} items on."
    )


def _agreement(shared: Judged, scale: Scale, plan: Plan) -> list[FootingMeasure]:
    asked = _asked(scale)
    by_judge, by_experts = pair_shares(shared), expert_shares(shared)
    width = by_judge.shape[1]

    def of_sums(sums: FloatArray) -> FloatArray:
        sides = [
            np.column_stack([each.from_sums(part, shared.values) for _, each in asked])
            for part in (sums[:, :width], sums[:, width:])
        ]
        return np.hstack((*sides, sides[0] - sides[1]))

    sums = PostSums(csr_array(np.hstack((by_judge, by_experts))), shared.post, of_sums)
    found = sums.estimates(seed=plan.seed, n_resamples=plan.n_resamples, undefined=EQUAL)
    sides = np.array(found, dtype=object).reshape(3, len(asked)).T.tolist()
    return [
        FootingMeasure(key, coefficient.name, *of_measure)
        for (key, coefficient), of_measure in zip(asked, sides, strict=True)
    ]


def _asked(scale: Scale) -> list[tuple[str, Coefficient]]:
    if scale.is_ordinal:
        return [
            ("exact", EXACT_AGREEMENT),
            ("mean_absolute_difference", MEAN_ABSOLUTE_DIFFERENCE),
            ("ac", AC2_QUADRATIC),
            ("kappa", FLEISS_KAPPA_QUADRATIC),
        ]
    return [("exact", EXACT_AGREEMENT), ("ac", AC1), ("kappa", FLEISS_KAPPA)]


def _correlation(sums: PostSums | None, scale: Scale, plan: Plan) -> FootingMeasure:
    name = "Spearman's rank correlation, mean over pairs of experts"
    reason = ""
    if not (scale.is_ordinal or scale.is_rate):
        reason = NO_ORDER
    elif sums is None:
        reason = f"No two experts have {MINIMUM_ITEMS} items in common that the judge scored."
    if reason or sums is None:
        return FootingMeasure("spearman", name, *[Estimate(None, reason=reason)] * 3)
    undefined = "In every pair of experts one of them, or the judge, gave all shared items the same point."
    judge, experts, difference = sums.estimates(
        seed=plan.seed, n_resamples=plan.n_resamples, undefined=undefined
    )
    return FootingMeasure("spearman", name, judge, experts, difference)
