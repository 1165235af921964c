import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.sparse import csr_array
from statsmodels.miscmodels.ordinal_model import OrderedModel

from annotation.statistics.ordinal_fit import CellLogit, fit_ordered_logit, peak


def simulated(n: int, *, n_points: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings with effects 1 and -0.5 of two columns, and posts that shift all of their ratings."""
    rng = np.random.default_rng(seed)
    post = rng.integers(40, size=n)
    design = np.column_stack((rng.integers(2, size=n), rng.integers(2, size=n))) * 1.0
    latent = design @ [1.0, -0.5] + rng.normal(0, 0.3, 40)[post] + rng.logistic(size=n)
    return np.searchsorted(np.linspace(-1.5, 2, n_points - 1), latent), design, post


def by_post(post: np.ndarray) -> csr_array:
    """Every rating a cell of its own."""
    return csr_array((np.ones(len(post)), (post, np.arange(len(post)))))


@pytest.mark.parametrize("n_points", [2, 3, 10])
def test_derivatives_equal_numerical_ones(n_points: int) -> None:
    category, design, _ = simulated(300, n_points=n_points, seed=2)
    model = CellLogit(category, design, np.arange(300) % 3.0)
    params = model.start_params + 0.1

    assert model.score(params) == pytest.approx(approx_fprime(params, model.loglike), abs=1e-3)
    assert model.hessian(params) == pytest.approx(approx_fprime(params, model.score), abs=1e-3)


@pytest.mark.parametrize("n_points", [2, 3, 10])
def test_fit_equals_statsmodels_with_numerical_derivatives(n_points: int) -> None:
    category, design, post = simulated(400, n_points=n_points, seed=4)
    theirs = OrderedModel(category, design, distr="logit").fit(
        method="bfgs", gtol=1e-7, disp=0, cov_type="cluster", cov_kwds={"groups": post}
    )

    fit = fit_ordered_logit(category, design, by_post(post))

    assert fit is not None
    assert fit.coefficients == pytest.approx(theirs.params[:2], abs=1e-4)
    assert fit.errors == pytest.approx(theirs.bse[:2], abs=1e-4)


def test_fit_of_a_two_by_two_table_is_its_log_odds_ratio() -> None:
    """12 of 20 against 5 of 20: ln(12 * 15 / (8 * 5)); every rating a post of its own."""
    design = np.repeat([[0.0], [1.0]], 20, axis=0)
    category = np.repeat([0, 1, 0, 1], [15, 5, 8, 12])
    sandwich = np.sqrt((1 / 15 + 1 / 5 + 1 / 8 + 1 / 12) * 40 / 39 * 39 / 38)

    fit = fit_ordered_logit(category, design, by_post(np.arange(40)))

    assert fit is not None
    assert fit.coefficients == pytest.approx([np.log(12 * 15 / (8 * 5))], abs=1e-9)
    assert fit.errors == pytest.approx([sandwich], rel=1e-6)


def test_fit_of_cells_equals_fit_of_ratings() -> None:
    category, design, post = simulated(400, n_points=5, seed=4)
    cells, cell = np.unique(np.column_stack((category, design)), axis=0, return_inverse=True)
    counts = csr_array((np.ones(400), (post, cell)))

    by_cell = fit_ordered_logit(cells[:, 0].astype(int), cells[:, 1:], counts)
    by_rating = fit_ordered_logit(category, design, by_post(post))

    assert by_cell is not None and by_rating is not None
    assert by_cell.coefficients == pytest.approx(by_rating.coefficients, abs=1e-8)
    assert by_cell.errors == pytest.approx(by_rating.errors, abs=1e-8)


def test_fit_recovers_known_effects() -> None:
    category, design, post = simulated(20_000, n_points=5, seed=6)

    fit = fit_ordered_logit(category, design, by_post(post))

    assert fit is not None
    assert np.all(np.abs(fit.coefficients - [1.0, -0.5]) < 3 * fit.errors)
    assert np.all(fit.errors < 0.05)


@pytest.mark.parametrize("category", [[0, 0, 0, 1, 1, 1], [0, 1, 0, 1, 1, 1]], ids=["complete", "quasi"])
def test_fit_of_separated_ratings_is_none(category: list[int]) -> None:
    assert (
        fit_ordered_logit(np.array(category), np.array([[0.0]] * 3 + [[1.0]] * 3), by_post(np.arange(6)))
        is None
    )


def test_fit_of_redundant_columns_is_none() -> None:
    category, design, post = simulated(100, n_points=3, seed=1)

    assert fit_ordered_logit(category, design[:, [0, 0]], by_post(post)) is None


def test_fit_without_a_standard_error_is_none() -> None:
    """Two conditions got the middle point only, so that nothing scatters about their difference of 0."""
    category, condition = np.array([0, 0, 0, 2, 1, 1, 1, 1]), np.array([0, 0, 0, 0, 1, 1, 2, 2])
    design = (condition[:, None] == [0, 2]) * 1.0

    assert peak(CellLogit(category, design, np.ones(8))) is not None
    assert fit_ordered_logit(category, design, by_post(np.arange(8))) is None
