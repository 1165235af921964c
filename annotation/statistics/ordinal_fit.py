"""Fit a proportional-odds model and its errors: statsmodels' ordered model with exact derivatives.

statsmodels differentiates this likelihood numerically and takes each rating by itself: minutes for 100,000
ratings. Ratings of the same point under the same condition by the same rater are alike to the model, so here
they are one cell with a frequency.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
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


class CellLogit(OrderedModel):
    """The ordered logit of McCullagh (1980) of cells, with its first and second derivatives.

    params are, as statsmodels has them, the coefficients, the first cut and the logarithms of the steps to
    the further cuts.
    """

    def __init__(self, category: IntArray, design: FloatArray, frequency: FloatArray) -> None:
        super().__init__(category, design, distr="logit")
        self.frequency = frequency
        points = np.eye(self.k_levels)[self.endog]
        self._upper = np.hstack((-self.exog, points[:, :-1]))
        self._lower = np.hstack((-self.exog, points[:, 1:]))

    def loglikeobs(self, params: FloatArray) -> FloatArray:
        of_cells: FloatArray = self.frequency * super().loglikeobs(params)
        return of_cells

    def rating_scores(self, params: FloatArray) -> FloatArray:
        """Return (n_cells, p + n_cuts), the derivative of the log-likelihood of one rating of each cell."""
        at_upper, at_lower, *_ = self._bound_derivatives(params)
        by_bound = at_upper[:, None] * self._upper + at_lower[:, None] * self._lower
        scores: FloatArray = by_bound @ self._steps(params)
        return scores

    def score(self, params: FloatArray) -> FloatArray:
        total: FloatArray = self.frequency @ self.rating_scores(params)
        return total

    def hessian(self, params: FloatArray) -> FloatArray:
        """Return (p + n_cuts, p + n_cuts)."""
        at_upper, at_lower, upper2, lower2, mixed = (
            self.frequency * derivative for derivative in self._bound_derivatives(params)
        )
        upper, lower, steps = self._upper, self._lower, self._steps(params)
        crossed = upper.T @ (mixed[:, None] * lower)
        by_cuts = (
            upper.T @ (upper2[:, None] * upper) + lower.T @ (lower2[:, None] * lower) + crossed + crossed.T
        )
        hessian: FloatArray = steps.T @ by_cuts @ steps
        first_step = self.exog.shape[1] + 1
        curved = np.arange(first_step, len(params))
        hessian[curved, curved] += ((at_upper @ upper + at_lower @ lower) @ steps)[first_step:]
        return hessian

    def _steps(self, params: FloatArray) -> FloatArray:
        """Return (p + n_cuts, p + n_cuts), the derivative of coefficients and cuts (rows) by params."""
        n_terms = self.exog.shape[1]
        steps = np.eye(len(params))
        by_cut = np.concatenate(([1.0], np.exp(params[n_terms + 1 :])))
        steps[n_terms:, n_terms:] = np.tril(np.ones((len(by_cut), len(by_cut)))) * by_cut
        return steps

    def _bound_derivatives(self, params: FloatArray) -> tuple[FloatArray, ...]:
        """Return first and second derivatives of log(F(upper) - F(lower)) by the bounds: five of (n_cells,).

        F is the logistic function; f = F (1 - F) its density and f (1 - 2 F) the density's slope.
        """
        lower, upper = self._bounds(params)
        low, high = expit(lower), expit(upper)
        chance = np.maximum(high - low, 1e-300)
        at_upper, at_lower = high * (1 - high) / chance, -low * (1 - low) / chance
        upper2 = at_upper * (1 - 2 * high) - at_upper**2
        lower2 = at_lower * (1 - 2 * low) - at_lower**2
        return at_upper, at_lower, upper2, lower2, -at_upper * at_lower


def fit_ordered_logit(category: IntArray, design: FloatArray, by_post: csr_array) -> OrdinalFit | None:
    """Return the maximum-likelihood fit, or None when it did not settle on an estimate.

    category: (n_cells,) 0..n_categories-1, each in use. design: (n_cells, p). by_post: (n_posts, n_cells) how
    many ratings of each cell each post has. There is no estimate without a peak (see `peak`), nor when a
    standard error is beyond 50 or 0, as it is where nothing scatters about a condition's coefficient.
    """
    model = CellLogit(category, design, by_post.sum(axis=0).astype(np.float64))
    params = peak(model)
    if params is None:
        return None
    n_terms = design.shape[1]
    errors = _clustered_errors(model, params, by_post)[:n_terms]
    if not np.all((errors > 1e-6) & (errors <= _LARGEST_ERROR)):
        return None
    return OrdinalFit(coefficients=params[:n_terms], errors=errors)


def peak(model: CellLogit) -> FloatArray | None:
    """Return the params (p + n_cuts,) at the peak of the likelihood, or None where the search found none.

    It found none when it has not converged after a fixed number of steps, when the likelihood is flat or
    rising there, and when a coefficient is beyond 15.
    """
    limits = {"maxiter": _MOST_ITERATIONS, "disp": 0, "skip_hessian": True}
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            near = model.fit(method="bfgs", gtol=1e-3, **limits).params
            found = model.fit(start_params=near, method="newton", **limits)
            hessian = model.hessian(found.params)
            is_peak = np.isfinite(hessian).all() and np.linalg.eigvalsh(hessian).max() < -1e-8
    except np.linalg.LinAlgError:
        return None
    params = np.asarray(found.params, dtype=np.float64)
    small = np.abs(params[: model.exog.shape[1]]) <= _LARGEST_COEFFICIENT
    return params if found.mle_retvals["converged"] and is_peak and small.all() else None


def _clustered_errors(model: CellLogit, params: FloatArray, by_post: csr_array) -> FloatArray:
    """Return (p + n_cuts,): the sandwich of Liang & Zeger (1986), corrected as usual for few clusters."""
    bread = np.linalg.inv(-model.hessian(params))
    of_posts = by_post @ model.rating_scores(params) @ bread
    n_posts, n_ratings = by_post.shape[0], by_post.sum()
    correction = n_posts / (n_posts - 1) * (n_ratings - 1) / max(n_ratings - len(params), 1)
    errors: FloatArray = np.sqrt(correction * (of_posts**2).sum(axis=0))
    return errors
