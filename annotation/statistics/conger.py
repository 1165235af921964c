"""Conger's kappa: Cohen's kappa for more than two raters, each with a habit of her own.

Source: Conger (1980), Psychol Bull 88; with missing ratings Gwet (2014), section 2.5. It needs to know who
rated what, so it is no sum over items.
"""

import numpy as np

from annotation.statistics.agreement import EXACT_AGREEMENT
from annotation.statistics.coefficient import estimate
from annotation.statistics.observations import Observations


def conger_kappa(observations: Observations) -> float | None:
    """Return Conger's kappa over the raters who rated; None with one rater, no pair, or certain agreement.

    Agreement by chance is the mean, over pairs of raters, of what their shares of each point make likely.
    """
    agreed = estimate(observations, EXACT_AGREEMENT)
    raters, rater = np.unique(observations.rater, return_inverse=True)
    if agreed is None or len(raters) < 2:
        return None
    given = np.zeros((len(raters), len(observations.values)))
    np.add.at(given, (rater, observations.category), 1)
    habits = given / given.sum(axis=1, keepdims=True)
    r = len(raters)
    by_chance = float((habits.sum(axis=0) ** 2 - (habits**2).sum(axis=0)).sum() / (r * (r - 1)))
    return (agreed - by_chance) / (1 - by_chance) if 1 - by_chance > 1e-12 else None
