"""Ratings drawn by a seed, for an example of what finished scores look like: a pure function.

Nothing of it is about real raters or texts. A rating is where a normal variable falls between the cuts of a
scale (McCullagh, Regression models for ordinal data, Journal of the Royal Statistical Society B 42, 1980):
condition + post + item + rater + noise. Half of the variance of each effect but the first is common to all
criteria, which makes the halo that raters show.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

# Share of each effect's variance that all criteria have in common.
COMMON = 0.5


@dataclass(frozen=True)
class SimulatedCriterion:
    """How one criterion's ratings come about.

    means: of each condition. cuts: (n_points - 1,) ascending, between the points of the scale in the order of
    their values. sign: -1 where a better text gets a lower score.
    """

    means: tuple[float, ...]
    cuts: tuple[float, ...]
    post_sd: float
    item_sd: float
    rater_sd: float
    noise_sd: float
    sign: int = 1


@dataclass(frozen=True)
class Design:
    """How much is rated; an item is a post's text of one condition under one dimension."""

    n_posts: int
    n_conditions: int
    n_dimensions: int
    n_raters: int


def _middles(lowest: int, highest: int) -> tuple[float, ...]:
    """Return the cuts of a scale on which the variable is measured in the scale's own points."""
    return tuple(point + 0.5 for point in range(lowest, highest))


# Three conditions. Chosen by eye to look like a study's: no estimate of anything.
EXAMPLE_CRITERIA: Mapping[str, SimulatedCriterion] = MappingProxyType(
    {
        "alignment": SimulatedCriterion(
            (4.3, 6.1, 6.8), _middles(1, 10), post_sd=0.7, item_sd=1.2, rater_sd=0.9, noise_sd=1.2
        ),
        "empathy": SimulatedCriterion(
            (2.6, 3.6, 3.5), _middles(1, 5), post_sd=0.3, item_sd=0.5, rater_sd=0.4, noise_sd=0.6
        ),
        "harmfulness": SimulatedCriterion(
            (-1.5, -2.0, -2.1), (0.0,), post_sd=0.4, item_sd=0.5, rater_sd=0.3, noise_sd=0.8, sign=-1
        ),
        "factuality": SimulatedCriterion(
            (1.6, 1.4, 1.0), (-1.0, 0.0), post_sd=0.3, item_sd=0.7, rater_sd=0.3, noise_sd=0.8
        ),
    }
)


def simulate_points(
    criteria: Mapping[str, SimulatedCriterion], design: Design, *, seed: int
) -> dict[str, IntArray]:
    """Return for each criterion (n_posts, n_conditions, n_dimensions, n_raters): places on the scale, from 0.

    Drawn for every rater and item, so that it makes no difference to a rating who else rates what. The same
    seed, criteria and design give the same places. Raises ValueError where a criterion has another number of
    conditions.
    """
    if any(len(criterion.means) != design.n_conditions for criterion in criteria.values()):
        raise ValueError(f"A criterion does not have a mean for each of {design.n_conditions} conditions.")
    draw = np.random.default_rng(seed)
    items = (design.n_posts, design.n_conditions, design.n_dimensions)
    posts = _effects(draw, (design.n_posts, 1, 1, 1), n_criteria=len(criteria))
    texts = _effects(draw, (*items, 1), n_criteria=len(criteria))
    raters = _effects(draw, (1, 1, 1, design.n_raters), n_criteria=len(criteria))
    noise = _effects(draw, (*items, design.n_raters), n_criteria=len(criteria))
    points: dict[str, IntArray] = {}
    for row, (key, criterion) in enumerate(criteria.items()):
        latent = np.array(criterion.means)[np.newaxis, :, np.newaxis, np.newaxis] + criterion.sign * (
            criterion.post_sd * posts[row]
            + criterion.item_sd * texts[row]
            + criterion.rater_sd * raters[row]
            + criterion.noise_sd * noise[row]
        )
        points[key] = np.searchsorted(np.array(criterion.cuts), latent).astype(np.int64)
    return points


def _effects(draw: np.random.Generator, shape: tuple[int, ...], *, n_criteria: int) -> FloatArray:
    """Return (n_criteria, *shape): standard normal, with the common share of their variance in common."""
    common = draw.standard_normal((1, *shape))
    own = draw.standard_normal((n_criteria, *shape))
    return math.sqrt(COMMON) * common + math.sqrt(1 - COMMON) * own
