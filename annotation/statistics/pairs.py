"""The items of two conditions, paired by post and dimension: what a planned contrast is computed from."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.interval import MINIMUM_POSTS
from annotation.statistics.observations import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of items that answer the same post and dimension under condition a and condition b.

    a, b: (n,) mean score of each pair's two items. post: (n,) any number that names each pair's post.
    Raises ValueError where the three do not fit together or a mean is missing: an item without a rating
    makes no pair.
    """

    a: FloatArray
    b: FloatArray
    post: IntArray

    def __post_init__(self) -> None:
        if not len(self.a) == len(self.b) == len(self.post):
            raise ValueError("Each pair needs two means and one post.")
        if not (np.isfinite(self.a).all() and np.isfinite(self.b).all()):
            raise ValueError("A pair has two means; leave out items without a rating.")

    @property
    def n(self) -> int:
        return len(self.post)

    @property
    def n_posts(self) -> int:
        return len(np.unique(self.post))

    @property
    def differences(self) -> FloatArray:
        """Return (n,) a minus b, rounded to ten digits so that equal differences are equal."""
        return np.round(np.asarray(self.a, dtype=np.float64) - self.b, 10)

    @property
    def post_index(self) -> IntArray:
        """Return (n,) each pair's post, numbered 0..n_posts-1."""
        return np.unique(self.post, return_inverse=True)[1].astype(np.int64)

    def difference_sums(self) -> FloatArray:
        """Return (n_posts,) the sum of each post's differences."""
        return np.round(np.bincount(self.post_index, weights=self.differences, minlength=self.n_posts), 10)

    def difference_means(self) -> FloatArray:
        """Return (n_posts,) the mean of each post's differences."""
        return np.round(self.difference_sums() / np.bincount(self.post_index, minlength=self.n_posts), 10)

    def why_untestable(self) -> str:
        """Say in words why no test can be made of these pairs; empty when one can."""
        if self.n_posts == 0:
            return "No post has ratings under both conditions."
        if self.n_posts < MINIMUM_POSTS:
            rated = "1 post has" if self.n_posts == 1 else f"{self.n_posts} posts have"
            return f"Only {rated} ratings under both conditions; a test needs at least {MINIMUM_POSTS}."
        if not self.difference_sums().any():
            return "On no post do the two conditions differ on average: there is nothing to test."
        return ""
