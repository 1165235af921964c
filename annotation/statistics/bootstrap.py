"""Intervals for coefficients of agreement, from resampling items and from resampling posts.

All coefficients of a call are computed on one draw, so that they can be compared. Items are the usual unit
(Zapf et al. 2016, BMC Med Res Methodol 16:93); ratings of one post are alike, and a new study would have new
posts, so the interval over posts is usually the wider one and always the more honest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.coefficient import (
    Coefficient,
    Contributions,
    Rated,
    rating_patterns,
    value_of_sums,
    why_undefined,
)
from annotation.statistics.interval import MINIMUM_POSTS, resampled_weights
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.resampled import Resampled, resampled, without_interval

MINIMUM_ITEMS = MINIMUM_POSTS
_CHUNK = 2_000_000
# Of a study's many pairs of raters, most share few items: what is quick with few matters with so many.
_FEW = 64

Bootstrap: TypeAlias = Callable[..., list[Resampled]]
"""`bootstrap_items` or `bootstrap_posts`."""


def bootstrap_items(
    rated: Rated, coefficients: Sequence[Coefficient], *, seed: int, n_resamples: int = 2_000
) -> list[Resampled]:
    """Return the coefficients in their order, with 95 % percentile intervals from resampling rated items.

    Items with the same ratings cannot be told apart, so of many items, how often each pattern of ratings is
    drawn is drawn at once, from a multinomial distribution.
    """
    counts = rated.counts()
    counts = counts[counts.sum(axis=1) > 0]
    patterns, _, frequency = _patterns(counts)
    parts = {kind: kind(patterns, rated.values) for kind in _kinds(coefficients)}
    values = [
        value_of_sums(coefficient, frequency @ parts[coefficient.contributions], rated.values)
        for coefficient in coefficients
    ]
    if frequency.sum() < MINIMUM_ITEMS:
        return _bare_estimates(rated, coefficients, values, f"{MINIMUM_ITEMS} items")
    draws = (
        _unit_weights(len(patterns), n_resamples=n_resamples, seed=seed)
        if len(counts) <= _FEW
        else _pattern_weights(frequency, n_resamples=n_resamples, seed=seed)
    )
    return _estimates(rated, coefficients, values, _replicates(coefficients, rated.values, parts, draws))


def bootstrap_posts(
    rated: Rated, coefficients: Sequence[Coefficient], *, seed: int, n_resamples: int = 2_000
) -> list[Resampled]:
    """Return the coefficients in their order, with 95 % percentile intervals from resampling rated posts.

    A post is drawn with all of its items.
    """
    counts = rated.counts()
    is_rated = counts.sum(axis=1) > 0
    patterns, pattern, frequency = _patterns(counts[is_rated])
    parts = {kind: kind(patterns, rated.values) for kind in _kinds(coefficients)}
    values = [
        value_of_sums(coefficient, frequency @ parts[coefficient.contributions], rated.values)
        for coefficient in coefficients
    ]
    posts, post = np.unique(rated.cluster[is_rated], return_inverse=True)
    if len(posts) < MINIMUM_POSTS:
        return _bare_estimates(rated, coefficients, values, f"{MINIMUM_POSTS} posts")
    by_post = _by_post(post, pattern, shape=(len(posts), len(patterns)))
    by_kind = {kind: by_post @ part for kind, part in parts.items()}
    draws = _unit_weights(len(posts), n_resamples=n_resamples, seed=seed)
    return _estimates(rated, coefficients, values, _replicates(coefficients, rated.values, by_kind, draws))


def _patterns(counts: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return what `rating_patterns` does; few items stand each for itself, which is quicker than sorting."""
    if len(counts) > _FEW:
        return rating_patterns(counts)
    return counts, np.arange(len(counts)), np.ones(len(counts), dtype=np.int64)


def _by_post(post: IntArray, pattern: IntArray, *, shape: tuple[int, int]) -> FloatArray | csr_array:
    """Return (n_posts, n_patterns): how many items of a post have a pattern; post, pattern: (n_items,)."""
    if len(post) > _FEW:
        return csr_array((np.ones(len(post)), (post, pattern)), shape=shape)
    dense = np.zeros(shape)
    dense[post, pattern] = 1
    return dense


def _unit_weights(n: int, *, n_resamples: int, seed: int) -> Iterable[FloatArray]:
    """Return blocks (some, n) of how often each item or post is drawn; of few, one draw serves all calls."""
    if n > _FEW:
        return resampled_weights(n, n_resamples=n_resamples, seed=seed)
    return [_kept_weights(n, n_resamples, seed)]


@lru_cache(maxsize=_FEW)
def _kept_weights(n: int, n_resamples: int, seed: int) -> FloatArray:
    weights = np.concatenate(list(resampled_weights(n, n_resamples=n_resamples, seed=seed)))
    weights.setflags(write=False)
    return weights


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
    draws: Iterable[FloatArray],
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
