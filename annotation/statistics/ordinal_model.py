"""Compare all conditions at once: an ordered logit with a term for each rater, clustered by post.

The model takes the points of the scale as ordered, no more, and raters as fixed: with a handful of them
there is no spread of raters to estimate. Ratings of one post are alike, so the errors are clustered by post.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import norm

from annotation.statistics.interval import MINIMUM_POSTS
from annotation.statistics.observations import FloatArray, IntArray, Observations
from annotation.statistics.ordinal_fit import OrdinalFit, fit_ordered_logit
from annotation.statistics.separation import groups_at_one_end, has_redundant_terms, is_separated

FEW_POSTS = 10
_Z = float(norm.ppf(0.975))


@dataclass(frozen=True)
class ConditionEffect:
    """One condition against the reference: beta in log odds; odds_ratio, low and high of a higher score."""

    condition: int
    beta: float
    se: float
    p: float
    odds_ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class OrderedLogit:
    """The effects of all conditions but the reference; none, and a reason in words, when not estimable.

    cautions: what a reader must know beside the numbers. has_rater_terms: False with one rater only.
    """

    effects: tuple[ConditionEffect, ...]
    n_ratings: int
    n_posts: int
    has_rater_terms: bool
    reason: str = ""
    cautions: tuple[str, ...] = ()


def ordered_logit(
    observations: Observations,
    condition: IntArray,
    *,
    reference: int,
    condition_names: Sequence[str],
    rater_names: Sequence[str],
) -> OrderedLogit:
    """Estimate each condition's effect on the scores, beside the effects of raters (McCullagh, 1980).

    condition: (n_units,) index into condition_names of each item's condition. Two-valued criteria give a
    plain logit of the higher value, under the same rules. Separated ratings are never fitted.
    """
    model = _cells(observations, condition, reference)
    reason = model.why_not_estimable(condition_names, rater_names)
    fit = None if reason else fit_ordered_logit(model.category, model.design(), model.by_post)
    if fit is None and not reason:
        reason = "Not estimable: the fit did not settle on finite values."
    return OrderedLogit(
        effects=model.effects(fit) if fit else (),
        n_ratings=observations.n_ratings,
        n_posts=model.n_posts,
        has_rater_terms=len(np.unique(model.rater)) > 1,
        reason=reason,
        cautions=model.cautions(condition_names) if fit else (),
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    """Ratings of one point under one condition by one rater, counted by post.

    category (0.., each in use), condition, rater: (n_cells,). by_post: (n_posts, n_cells).
    """

    category: IntArray
    condition: IntArray
    rater: IntArray
    by_post: csr_array
    reference: int

    @property
    def n_posts(self) -> int:
        """Number of posts with a rating."""
        return int(self.by_post.shape[0])

    @property
    def compared(self) -> IntArray:
        """Return the conditions with a rating, without the reference."""
        present = np.unique(self.condition)
        return present[present != self.reference]

    def design(self) -> FloatArray:
        """Return (n, p): a column for each compared condition, then for each rater but the first."""
        raters = np.unique(self.rater)[1:]
        columns = [self.condition == number for number in self.compared]
        columns += [self.rater == number for number in raters]
        return np.column_stack(columns).astype(np.float64)

    def why_not_estimable(self, condition_names: Sequence[str], rater_names: Sequence[str]) -> str:
        if self.reference not in self.condition:
            return f"Not estimable: {condition_names[self.reference]}, the reference, has no ratings."
        if not len(self.compared):
            return "Not estimable: no other condition has ratings."
        if self.n_posts < MINIMUM_POSTS:
            return f"Not estimable: it needs ratings of at least {MINIMUM_POSTS} posts."
        if not self.category.max():
            return "Not estimable: all ratings are equal."
        at_end = groups_at_one_end(self.category, self.condition, condition_names)
        if at_end:
            return f"Not estimable: all ratings of {_listed(at_end)} lie at one end of the scale."
        at_end = groups_at_one_end(self.category, self.rater, rater_names)
        if at_end:
            return f"Not estimable: all ratings by {_listed(at_end)} lie at one end of the scale."
        if has_redundant_terms(self.design()):
            return (
                "Not estimable: conditions cannot be told from raters, because too few raters rated several."
            )
        if is_separated(self.category, self.design()):
            return "Not estimable: conditions and raters together part high from low ratings without overlap."
        return ""

    def cautions(self, condition_names: Sequence[str]) -> tuple[str, ...]:
        words = []
        if self.n_posts < FEW_POSTS:
            words.append(
                f"Only {self.n_posts} posts: below {FEW_POSTS}, the standard errors tend to be too small."
            )
        absent = [name for number, name in enumerate(condition_names) if number not in self.condition]
        if absent:
            words.append(f"Left out, without ratings: {_listed(absent)}.")
        if len(np.unique(self.rater)) == 1:
            words.append("One rater only: the model has no rater terms.")
        return tuple(words)

    def effects(self, fit: OrdinalFit) -> tuple[ConditionEffect, ...]:
        return tuple(
            ConditionEffect(
                condition=int(number),
                beta=float(beta),
                se=float(se),
                p=float(2 * norm.sf(abs(beta / se))),
                odds_ratio=float(np.exp(beta)),
                low=float(np.exp(beta - _Z * se)),
                high=float(np.exp(beta + _Z * se)),
            )
            for number, beta, se in zip(self.compared, fit.coefficients, fit.errors, strict=False)
        )


def _cells(observations: Observations, condition: IntArray, reference: int) -> _Cells:
    posts, post = np.unique(observations.cluster[observations.unit], return_inverse=True)
    each = np.stack((observations.category, condition[observations.unit], observations.rater))
    shape = tuple(each.max(axis=1, initial=0) + 1)
    codes, cell = np.unique(np.ravel_multi_index(tuple(each), shape), return_inverse=True)
    category, of_condition, rater = np.unravel_index(codes, shape)
    ones = np.ones(observations.n_ratings, dtype=np.int64)
    return _Cells(
        category=np.unique(category, return_inverse=True)[1],
        condition=of_condition,
        rater=rater,
        by_post=csr_array((ones, (post, cell)), shape=(len(posts), len(codes))),
        reference=reference,
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
