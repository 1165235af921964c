"""Which raters have met on an item: severity can be compared only along a chain of such meetings."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from annotation.statistics.observations import IntArray, Observations


@dataclass(frozen=True, eq=False)
class RaterGraph:
    """raters: (n_raters,) indices of those with a rating, ascending.

    shared: (n_raters, n_raters) how many items each two have both rated; on the diagonal, how many each has.
    """

    raters: IntArray
    shared: IntArray

    @property
    def never_met(self) -> tuple[tuple[int, int], ...]:
        """Return the pairs of raters without a common item."""
        pairs = combinations(range(len(self.raters)), 2)
        return tuple(
            (int(self.raters[one]), int(self.raters[other]))
            for one, other in pairs
            if not self.shared[one, other]
        )

    @property
    def components(self) -> tuple[tuple[int, ...], ...]:
        """Return the groups of raters that are linked by common items, directly or through others."""
        n_groups, group = connected_components(csr_array(self.shared), directed=False)
        return tuple(tuple(self.raters[group == number].tolist()) for number in range(n_groups))

    @property
    def is_connected(self) -> bool:
        """Say whether a chain of common items leads from every rater to every other."""
        return len(self.components) <= 1


def rater_graph(observations: Observations) -> RaterGraph:
    """Count the common items of all pairs of raters with a rating."""
    raters, column = np.unique(observations.rater, return_inverse=True)
    ones = np.ones(observations.n_ratings, dtype=np.int64)
    rated = csr_array((ones, (observations.unit, column)), shape=(observations.n_units, len(raters)))
    return RaterGraph(raters=raters, shared=(rated.T @ rated).toarray())
