"""Numbers that are functions of sums over items, with intervals from resampling posts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.interval import MINIMUM_POSTS, resampled_weights
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.resampled import Resampled, resampled, without_interval

_CHUNK = 2_000_000


@dataclass(frozen=True, eq=False)
class PostSums:
    """Several numbers of one draw.

    per_item: (n_items, width), what each item adds. post: (n_items,), 0..n_posts-1.
    of_sums: (some, width) -> (some, n_numbers), NaN where a number is not defined.
    """

    per_item: csr_array
    post: IntArray
    of_sums: Callable[[FloatArray], FloatArray]

    def estimates(self, *, seed: int, n_resamples: int, undefined: str) -> list[Resampled]:
        """Return the numbers with 95 % percentile intervals; `undefined` says why one is not there."""
        n_items, width = self.per_item.shape
        values = self.of_sums(self.per_item.sum(axis=0).reshape(1, width))[0]
        n_posts = int(self.post.max()) + 1 if n_items else 0
        if n_posts < MINIMUM_POSTS:
            return [_bare(float(value), undefined) for value in values]
        cells = (np.ones(n_items), (self.post, np.arange(n_items)))
        by_post = csr_array(cells, shape=(n_posts, n_items)) @ self.per_item
        draws = resampled_weights(n_posts, n_resamples=n_resamples, seed=seed)
        replicates = np.concatenate([self.of_sums(block @ by_post) for block in _blocks(draws, width)])
        return [
            resampled(float(value), replicates[:, place])
            if np.isfinite(value)
            else Resampled(None, reason=undefined)
            for place, value in enumerate(values)
        ]


def _blocks(draws: Iterator[FloatArray], width: int) -> Iterator[FloatArray]:
    """Yield rows of the draws, so few at a time that their sums are two million numbers at most."""
    rows = max(1, _CHUNK // max(width, 1))
    for weights in draws:
        for start in range(0, len(weights), rows):
            yield weights[start : start + rows]


def _bare(value: float, undefined: str) -> Resampled:
    if not np.isfinite(value):
        return Resampled(None, reason=undefined)
    return without_interval(value, f"{MINIMUM_POSTS} posts")
