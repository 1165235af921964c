"""Within one condition: every two raters, and every rater who rated items twice.

A study of many conditions and raters has many of them, so only those with enough items are kept, and of each
only what is shown.
"""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.bootstrap import bootstrap_items, bootstrap_posts
from annotation.statistics.interpretation import MINIMUM_ITEMS, pairs_left_out, repeats_left_out
from annotation.statistics.intra_rater import intra_rater_agreement
from annotation.statistics.observations import IntArray, Observations
from annotation.statistics.pair_agreement import pair_estimates
from annotation.statistics.pair_coefficients import MEAN_DIFFERENCE, PAIR_EXACT, PAIR_KAPPA_QUADRATIC
from annotation.statistics.paired_ratings import PairedRatings, rater_pairs
from annotation.statistics.report.plan import Plan
from annotation.statistics.resampled import Resampled


@dataclass(frozen=True)
class Measure:
    """A number with its intervals, low and high, over posts and over items; short, for there are many."""

    value: float | None
    posts: tuple[float, float] | None
    items: tuple[float, float] | None
    reason: str


@dataclass(frozen=True)
class ConditionPair:
    """Two raters on the items of the condition that both rated; as of `PairAgreement`."""

    first: int
    second: int
    n_items: int
    exact: Measure
    weighted_kappa: Measure
    mean_difference: Measure


@dataclass(frozen=True)
class ConditionPairs:
    """shown: pairs that share enough items. n_too_few: how many share some, but too few.

    reason: words on those that are not shown; empty where all that share an item are.
    """

    shown: tuple[ConditionPair, ...]
    n_too_few: int
    reason: str


@dataclass(frozen=True)
class ConditionRepeat:
    """A rater's two occasions on items of the condition; as of `IntraRater`."""

    rater: int
    n_items: int
    exact: Measure
    adjacent: Measure
    weighted_kappa: Measure
    mean_difference: Measure


@dataclass(frozen=True)
class ConditionRepeats:
    """shown: raters who rated enough items twice. n_too_few, reason: as of `ConditionPairs`."""

    shown: tuple[ConditionRepeat, ...]
    n_too_few: int
    reason: str


def condition_pairs(observed: Observations, plan: Plan) -> ConditionPairs:
    """Return every two raters on the items of one condition, the lower number first."""
    pairs = rater_pairs(observed)
    enough = {raters: pair for raters, pair in pairs.items() if pair.n_units >= MINIMUM_ITEMS}
    n_too_few = len(pairs) - len(enough)
    return ConditionPairs(
        shown=tuple(_pair(one, other, pair, plan) for (one, other), pair in enough.items()),
        n_too_few=n_too_few,
        reason=pairs_left_out(n_shown=len(enough), n_too_few=n_too_few),
    )


def condition_repeats(occasions: PairedRatings, rater: IntArray, plan: Plan) -> ConditionRepeats:
    """Return the raters who rated items of one condition twice; both are those of `intra_rater_agreement`."""
    n_items = np.bincount(rater)
    enough = n_items[rater] >= MINIMUM_ITEMS
    again = intra_rater_agreement(
        occasions.rows(enough), rater[enough], seed=plan.seed, n_resamples=plan.n_resamples
    )
    n_too_few = int(np.count_nonzero(n_items)) - len(again)
    return ConditionRepeats(
        shown=tuple(
            ConditionRepeat(
                each.rater,
                each.agreement.n_items,
                exact=_measure(each.agreement.exact, each.over_items.exact),
                adjacent=_measure(each.agreement.adjacent, each.over_items.adjacent),
                weighted_kappa=_measure(each.agreement.weighted_kappa, each.over_items.weighted_kappa),
                mean_difference=_measure(each.agreement.mean_difference, each.over_items.mean_difference),
            )
            for each in again
        ),
        n_too_few=n_too_few,
        reason=repeats_left_out(n_shown=len(again), n_too_few=n_too_few),
    )


def _pair(one: int, other: int, pair: PairedRatings, plan: Plan) -> ConditionPair:
    drawn = {"seed": plan.seed, "n_resamples": plan.n_resamples}
    asked = (PAIR_EXACT, PAIR_KAPPA_QUADRATIC, MEAN_DIFFERENCE)
    over_posts = pair_estimates(pair, asked, bootstrap=bootstrap_posts, **drawn)
    over_items = pair_estimates(pair, asked, bootstrap=bootstrap_items, **drawn)
    return ConditionPair(one, other, pair.n_units, *map(_measure, over_posts, over_items))


def _measure(over_posts: Resampled, over_items: Resampled) -> Measure:
    return Measure(over_posts.value, _interval(over_posts), _interval(over_items), over_posts.reason)


def _interval(estimate: Resampled) -> tuple[float, float] | None:
    return None if estimate.low is None or estimate.high is None else (estimate.low, estimate.high)
