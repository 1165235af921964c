"""Fit a proportional-odds model and its errors: statsmodels' ordered model with exact derivatives.

statsmodels differentiates this likelihood numerically, which takes minutes for 100,000 ratings.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from statsmodels.miscmodels.ordinal_model import OrderedModel

from annotation.statistics.observations import FloatArray, IntArray

_MOST_ITERATIONS = 200
_LARGEST_COEFFICIENT = 15.0
_LARGEST_ERROR = 50.0


@dataclass(frozen=True, eq=False)
class OrdinalFit:
    """Coefficients (p,) of the design's columns and their cluster-robust standard errors (p,)."""

    coefficients: FloatArray
    errors: FloatArray


class _ExactOrderedLogit(OrderedModel):
    """The ordered logit of McCullagh (1980) with its first and second derivatives.

    params are, as statsmodels has them, the coefficients, the first cut and the logarithms of the steps to
    the further cuts.
    """

    def score_obs(self, params: FloatArray) -> FloatArray:
        """Return (n, p + n_cuts), the derivative of each rating's log-likelihood."""
        at_upper, at_lower, *_ = self._bound_derivatives(params)
        by_cut = at_upper[:, None] * self._upper_cut + at_lower[:, None] * self._lower_cut
        scores: FloatArray = np.hstack(
            (-(at_upper + at_lower)[:, None] * self.exog, by_cut @ self._cut_steps(params))
        )
        return scores

    def score(self, params: FloatArray) -> FloatArray:
        total: FloatArray = self.score_obs(params).sum(axis=0)
        return total

    def hessian(self, params: FloatArray) -> FloatArray:
        """Return (p + n_cuts, p + n_cuts)."""
        at_upper, at_lower, upper2, lower2, mixed = self._bound_derivatives(params)
        upper = np.hstack((-self.exog, self._upper_cut))
        lower = np.hstack((-self.exog, self._lower_cut))
        crossed = upper.T @ (mixed[:, None] * lower)
        by_cuts = (
            upper.T @ (upper2[:, None] * upper) + lower.T @ (lower2[:, None] * lower) + crossed + crossed.T
        )
        n_terms = self.exog.shape[1]
        steps = np.eye(len(params))
        steps[n_terms:, n_terms:] = self._cut_steps(params)
        hessian: FloatArray = steps.T @ by_cuts @ steps
        by_cut = at_upper @ self._upper_cut + at_lower @ self._lower_cut
        curved = np.arange(n_terms + 1, len(params))
        hessian[curved, curved] += by_cut @ steps[n_terms:, n_terms + 1 :]
        return hessian

    @property
    def _upper_cut(self) -> FloatArray:
        """Return (n, n_cuts), 1 at the cut above each rating; the highest point has none."""
        cuts: FloatArray = np.eye(self.k_levels)[self.endog][:, :-1]
        return cuts

    @property
    def _lower_cut(self) -> FloatArray:
        cuts: FloatArray = np.eye(self.k_levels)[self.endog][:, 1:]
        return cuts

    def _cut_steps(self, params: FloatArray) -> FloatArray:
        """Return (n_cuts, n_cuts), the derivative of each cut (row) by each cut parameter."""
        steps = np.concatenate(([1.0], np.exp(params[self.exog.shape[1] + 1 :])))
        return np.tril(np.ones((len(steps), len(steps)))) * steps

    def _bound_derivatives(self, params: FloatArray) -> tuple[FloatArray, ...]:
        """Return first and second derivatives of log(F(upper) - F(lower)) by the bounds, five times (n,).

        F is the logistic function; f = F (1 - F) its density and f (1 - 2 F) the density's slope.
        """
        lower, upper = self._bounds(params)
        low, high = expit(lower), expit(upper)
        chance = np.maximum(high - low, 1e-300)
        at_upper, at_lower = high * (1 - high) / chance, -low * (1 - low) / chance
        upper2 = at_upper * (1 - 2 * high) - at_upper**2
        lower2 = at_lower * (1 - 2 * low) - at_lower**2
        return at_upper, at_lower, upper2, lower2, -at_upper * at_lower


def fit_ordered_logit(category: IntArray, design: FloatArray, cluster: IntArray) -> OrdinalFit | None:
    """Return the maximum-likelihood fit, or None when it did not settle on an estimate.

    category: (n,) 0..n_categories-1, each in use. design: (n, p). cluster: (n,) post of each rating. The
    errors are the sandwich of Liang & Zeger (1986) with the usual correction for few clusters. There is no
    estimate when the search has not converged after a fixed number of steps, the curvature is singular, a
    coefficient is beyond 15 or an error beyond 50.
    """
    model = _ExactOrderedLogit(category, design, distr="logit")
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            near = model.fit(
                method="bfgs", maxiter=_MOST_ITERATIONS, gtol=1e-3, disp=0, skip_hessian=True
            ).params
            fitted = model.fit(
                start_params=near,
                method="newton",
                maxiter=_MOST_ITERATIONS,
                disp=0,
                cov_type="cluster",
                cov_kwds={"groups": cluster},
            )
            is_peak = bool(np.all(np.linalg.eigvalsh(model.hessian(fitted.params)) < -1e-8))
    except np.linalg.LinAlgError:
        return None
    return _checked(fitted, n_terms=design.shape[1]) if is_peak else None


def _checked(fitted: Any, *, n_terms: int) -> OrdinalFit | None:  # noqa: ANN401
    coefficients = np.asarray(fitted.params)[:n_terms]
    errors = np.asarray(fitted.bse)[:n_terms]
    settled = (
        fitted.mle_retvals["converged"]
        and np.isfinite(coefficients).all()
        and np.all(np.abs(coefficients) <= _LARGEST_COEFFICIENT)
        and np.all((errors > 1e-6) & (errors <= _LARGEST_ERROR))
    )
    return OrdinalFit(coefficients=coefficients, errors=errors) if settled else None
