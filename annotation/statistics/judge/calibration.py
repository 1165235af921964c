"""What experts gave the items to which the judge gave a point."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.interval import Estimate, sums_by_post
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.words import NO_ORDER
from annotation.statistics.means import bootstrap_means
from annotation.statistics.observations import FloatArray
from annotation.statistics.report.plan import Plan
from annotation.statistics.study_ratings import Scale

NEVER_GIVEN = "The judge gave this point to no item that experts rated."
ALL_SCORED = "The judge gave a score to every item that experts rated and that it replied to."


@dataclass(frozen=True)
class CalibrationPoint:
    """expert_mean: over the items that the judge gave this point, of the items' mean ratings.

    An item counts by the share of its replies at the point. n_items, n_replies: how many have it.
    """

    n_items: int
    n_replies: int
    expert_mean: Estimate


@dataclass(frozen=True)
class Calibration:
    """points: of each point of the scale, ascending. without_score: of items with replies and no score."""

    points: tuple[CalibrationPoint, ...]
    without_score: CalibrationPoint


def calibration(judged: Judged, scale: Scale, plan: Plan) -> Calibration:
    """Return the calibration; the last column is of items without a score, whose replies all count."""
    answered = judged.outcomes[:, :-1].sum(axis=1)
    silent = (answered > 0) & ~judged.is_scored()
    replies = np.column_stack((judged.replies, np.where(silent, answered, 0)))
    is_rated = judged.is_rated()
    replies, rated = replies[is_rated], judged.subset(is_rated)
    means = _means(rated, replies, plan) if scale.is_ordinal or scale.is_rate else _unordered(replies)
    points = [
        CalibrationPoint(n_items=int(n_items), n_replies=int(n_replies), expert_mean=mean)
        for n_items, n_replies, mean in zip(
            np.count_nonzero(replies, axis=0), replies.sum(axis=0), means, strict=True
        )
    ]
    return Calibration(points=tuple(points[:-1]), without_score=points[-1])


def _means(rated: Judged, replies: FloatArray, plan: Plan) -> list[Estimate]:
    weights = replies / np.maximum(replies.sum(axis=1, keepdims=True), 1)
    found = bootstrap_means(
        sums_by_post(weights * rated.expert_means[:, np.newaxis], rated.post),
        sums_by_post(weights, rated.post),
        seed=plan.seed,
        n_resamples=plan.n_resamples,
    )
    never = [NEVER_GIVEN] * (len(found) - 1) + [ALL_SCORED]
    return [
        Estimate(None, reason=reason) if mean.value is None else mean
        for mean, reason in zip(found, never, strict=True)
    ]


def _unordered(replies: FloatArray) -> list[Estimate]:
    return [Estimate(None, reason=NO_ORDER)] * replies.shape[1]
