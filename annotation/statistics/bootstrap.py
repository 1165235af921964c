"""Intervals for coefficients of agreement, from resampling items and from resampling posts.

All coefficients of a call are computed on one draw, so that they can be compared. Items are the usual unit
(Zapf et al. 2016, BMC Med Res Methodol 16:93); ratings of one post are alike, and a new study would have new
posts, so the interval over posts is usually the wider one and always the more honest.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.coefficient import (
    Coefficient,
    Contributions,
    Rated,
    rating_patterns,
    value_of,
    why_undefined,
)
from annotation.statistics.interval import MINIMUM_POSTS, resampled_weights
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.resampled import Resampled, resampled, without_interval

MINIMUM_ITEMS = MINIMUM_POSTS
_CHUNK = 2_000_000

Bootstrap: TypeAlias = Callable[..., list[Resampled]]
"""`bootstrap_items` or `bootstrap_posts`."""


def bootstrap_items(
    rated: Rated, coefficients: Sequence[Coefficient], *, seed: int, n_resamples: int = 2_000
) -> list[Resampled]:
    """Return the coefficients in their order, with 95 % percentile intervals from resampling rated items.

    Items with the same ratings cannot be told apart, so how often each pattern of ratings is drawn is drawn
    at once, from a multinomial distribution.
    """
    counts = rated.counts()
    patterns, _, frequency = rating_patterns(counts[counts.sum(axis=1) > 0])
    values = [value_of(coefficient, patterns, frequency, rated.values) for coefficient in coefficients]
    if frequency.sum() < MINIMUM_ITEMS:
        return _bare_estimates(rated, coefficients, values, f"{MINIMUM_ITEMS} items")
    parts = {kind: kind(patterns, rated.values) for kind in _kinds(coefficients)}
    draws = _pattern_weights(frequency, n_resamples=n_resamples, seed=seed)
    return _estimates(rated, coefficients, values, _replicates(coefficients, rated.values, parts, draws))


def bootstrap_posts(
    rated: Rated, coefficients: Sequence[Coefficient], *, seed: int, n_resamples: int = 2_000
) -> list[Resampled]:
    """Return the coefficients in their order, with 95 % percentile intervals from resampling rated posts.

    A post is drawn with all of its items.
    """
    counts = rated.counts()
    is_rated = counts.sum(axis=1) > 0
    patterns, pattern, frequency = rating_patterns(counts[is_rated])
    values = [value_of(coefficient, patterns, frequency, rated.values) for coefficient in coefficients]
    posts, post = np.unique(rated.cluster[is_rated], return_inverse=True)
    if len(posts) < MINIMUM_POSTS:
        return _bare_estimates(rated, coefficients, values, f"{MINIMUM_POSTS} posts")
    cells = (np.ones(len(post)), (post, pattern))
    by_post = csr_array(cells, shape=(len(posts), len(patterns)))
    parts = {kind: by_post @ kind(patterns, rated.values) for kind in _kinds(coefficients)}
    draws = resampled_weights(len(posts), n_resamples=n_resamples, seed=seed)
    return _estimates(rated, coefficients, values, _replicates(coefficients, rated.values, parts, draws))


def _pattern_weights(frequency: IntArray, *, n_resamples: int, seed: int) -> Iterator[FloatArray]:
    """Yield blocks (some, n_patterns) of how often each pattern is drawn, n_resamples rows in all."""
    rng = np.random.default_rng(seed)
    n = int(frequency.sum())
    rows = max(1, _CHUNK // len(frequency))
    for start in range(0, n_resamples, rows):
        yield rng.multinomial(n, frequency / n, size=min(rows, n_resamples - start)).astype(np.float64)


def _kinds(coefficients: Sequence[Coefficient]) -> list[Contributions]:
    return list({coefficient.contributions: None for coefficient in coefficients})


def _replicates(
    coefficients: Sequence[Coefficient],
    values: FloatArray,
    parts: dict[Contributions, FloatArray],
    draws: Iterator[FloatArray],
) -> FloatArray:
    """Return (n_resamples, n_coefficients); parts: (n_drawn, p) by the function that made them."""
    blocks = []
    for weights in draws:
        sums = {kind: weights @ part for kind, part in parts.items()}
        of_block = [
            coefficient.from_sums(sums[coefficient.contributions], values) for coefficient in coefficients
        ]
        blocks.append(np.stack(of_block, axis=-1))
    return np.concatenate(blocks)


def _estimates(
    rated: Rated, coefficients: Sequence[Coefficient], values: Sequence[float | None], replicates: FloatArray
) -> list[Resampled]:
    return [
        Resampled(None, reason=why_undefined(rated, coefficient))
        if value is None
        else resampled(value, replicates[:, j])
        for j, (coefficient, value) in enumerate(zip(coefficients, values, strict=True))
    ]


def _bare_estimates(
    rated: Rated, coefficients: Sequence[Coefficient], values: Sequence[float | None], needed: str
) -> list[Resampled]:
    return [
        Resampled(None, reason=why_undefined(rated, coefficient))
        if value is None
        else without_interval(value, needed)
        for coefficient, value in zip(coefficients, values, strict=True)
    ]
