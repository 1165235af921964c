"""Whether the judge replies the same when it is asked the same again."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.agreement import EXACT_AGREEMENT, MEAN_ABSOLUTE_DIFFERENCE
from annotation.statistics.alpha import ALPHA_NOMINAL, ALPHA_ORDINAL
from annotation.statistics.bootstrap import bootstrap_posts
from annotation.statistics.gwet import AC1, AC2_QUADRATIC
from annotation.statistics.interpretation import MINIMUM_ITEMS
from annotation.statistics.interval import Estimate
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.post_sums import PostSums
from annotation.statistics.judge.scores import WAITING
from annotation.statistics.judge.words import items_have
from annotation.statistics.observations import BoolArray, FloatArray, IntArray
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale

ASKED_ONCE = "The judge was asked once about each item; this needs repeats."


@dataclass(frozen=True)
class ConsistencyMeasure:
    key: str
    name: str
    value: Estimate


@dataclass(frozen=True)
class Consistency:
    """n_items: with two scores or more by the judge. refusal: why no measure is shown; then there is none.

    same_outcome: of the n_asked_again items with two replies or more, the share whose replies are all of one
    kind, as score.
    """

    n_asked_again: int
    n_items: int
    n_replies: int
    refusal: str
    same_outcome: Estimate
    measures: tuple[ConsistencyMeasure, ...]


@dataclass(frozen=True, eq=False)
class _Replies:
    """The judge's own scores as `Rated`, a reply standing where a rating stands there."""

    judged: Judged

    @property
    def values(self) -> FloatArray:
        return self.judged.values

    @property
    def cluster(self) -> IntArray:
        return self.judged.post

    def counts(self) -> IntArray:
        return self.judged.replies

    def why_incomparable(self) -> str:
        return ""


def consistency(judged: Judged, scale: Scale, plan: Plan) -> Consistency:
    """Compare the judge with itself on the items that it scored more than once."""
    again = judged.subset(judged.replies.sum(axis=1) >= 2)
    refusal = _why_not(judged, again.n_items)
    alpha, ac = (ALPHA_ORDINAL, AC2_QUADRATIC) if scale.is_ordinal else (ALPHA_NOMINAL, AC1)
    ordered = [("mean_absolute_difference", MEAN_ABSOLUTE_DIFFERENCE)] if scale.is_ordinal else []
    asked = [] if refusal else [("exact", EXACT_AGREEMENT), *ordered, ("alpha", alpha), ("ac", ac)]
    found = (
        bootstrap_posts(
            _Replies(again),
            [coefficient for _, coefficient in asked],
            seed=plan.seed,
            n_resamples=plan.n_resamples,
        )
        if asked
        else []
    )
    return Consistency(
        n_asked_again=int(np.count_nonzero(_is_asked_again(judged))),
        n_items=again.n_items,
        n_replies=int(again.replies.sum()),
        refusal=refusal,
        same_outcome=_same_outcome(judged, plan),
        measures=tuple(
            ConsistencyMeasure(key, coefficient.name, value)
            for (key, coefficient), value in zip(asked, found, strict=True)
        ),
    )


def _why_not(judged: Judged, n_items: int) -> str:
    if not _is_asked_again(judged).any():
        return ASKED_ONCE
    if n_items < MINIMUM_ITEMS:
        return (
            f"Only {items_have(n_items)} two scores by the judge; this is shown from {MINIMUM_ITEMS} items"
            " on."
        )
    return ""


def _is_asked_again(judged: Judged) -> BoolArray:
    """Return (n_items,): which items have two replies or more, of whatever kind."""
    return np.asarray(judged.outcomes[:, :WAITING].sum(axis=1) >= 2)


def _same_outcome(judged: Judged, plan: Plan) -> Estimate:
    again = judged.subset(_is_asked_again(judged))
    if not again.n_items:
        return Estimate(None, reason=ASKED_ONCE)
    is_same = np.count_nonzero(again.outcomes[:, :WAITING], axis=1) == 1
    columns = csr_array(np.column_stack((is_same, np.ones(again.n_items))))

    def of_sums(sums: FloatArray) -> FloatArray:
        return np.asarray(sums[:, :1] / sums[:, 1:])

    sums = PostSums(columns, again.post, of_sums)
    return sums.estimates(seed=plan.seed, n_resamples=plan.n_resamples, undefined=ASKED_ONCE)[0]
