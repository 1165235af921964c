"""How often the judge gave a score, and what else its replies were."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.interval import Estimate, sums_by_post
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.scores import OUTCOMES, WAITING
from annotation.statistics.means import bootstrap_means
from annotation.statistics.report.plan import Plan

NO_REPLY = "The judge has no reply here."


@dataclass(frozen=True)
class Outcomes:
    """n: replies that have come, to n_items items; n_waiting: those that have not.

    counts, shares: of the replies that have come, by the names of OUTCOMES.
    """

    n: int
    n_items: int
    n_waiting: int
    counts: dict[str, int]
    shares: dict[str, Estimate]


def outcomes(judged: Judged, plan: Plan) -> Outcomes:
    """Count the replies, whether experts rated their items or not."""
    came = judged.outcomes[:, :WAITING].astype(np.float64)
    n = came.sum(axis=1, keepdims=True)
    has_come = n[:, 0] > 0
    post = np.unique(judged.post[has_come], return_inverse=True)[1].astype(np.int64)
    found = bootstrap_means(
        sums_by_post(came[has_come], post),
        sums_by_post(np.repeat(n[has_come], WAITING, axis=1), post),
        seed=plan.seed,
        n_resamples=plan.n_resamples,
    )
    shares = [Estimate(None, reason=NO_REPLY) if each.value is None else each for each in found]
    names = OUTCOMES[:WAITING]
    return Outcomes(
        n=int(n.sum()),
        n_items=int(has_come.sum()),
        n_waiting=int(judged.outcomes[:, WAITING].sum()),
        counts=dict(zip(names, came.sum(axis=0).astype(int).tolist(), strict=True)),
        shares=dict(zip(names, shares, strict=True)),
    )
