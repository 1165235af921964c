"""Coefficients by the packages of requirements-oracles.txt; None where one raises or gives no finite number.

Tables of scores are (n_items, n_raters) with NaN where a rater did not rate.
"""

import importlib.util
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
import pytest
from irrCAC.raw import CAC

from annotation.statistics.observations import FloatArray


@dataclass(frozen=True)
class PackageAC:
    value: float | None
    standard_error: float | None


def package_alpha(scores: FloatArray, values: FloatArray, level: str) -> float | None:
    """Return alpha by krippendorff, which raises ValueError for ratings that give none."""
    with _quiet():
        try:
            value = krippendorff.alpha(scores.T, value_domain=values, level_of_measurement=level)
        except ValueError:
            return None
    return _finite(value)


def package_ac(scores: FloatArray, values: FloatArray, weights: str) -> PackageAC:
    """Return Gwet's AC and its standard error by irrCAC, which divides by zero for one item."""
    with _quiet():
        try:
            estimate = CAC(
                pd.DataFrame(scores), weights=weights, categories=values.tolist(), digits=15
            ).gwet()["est"]
        except ZeroDivisionError:
            return PackageAC(None, None)
    return PackageAC(_finite(estimate["coefficient_value"]), _finite(estimate["se"]))


@contextmanager
def pingouin_icc() -> Iterator[Callable[[FloatArray], dict[str, float | None]]]:
    """Give a function from scores to pingouin's six ICCs by name, of the items that every rater rated.

    Only the modules that compute them are loaded: the whole package would import seaborn, scikit-learn and
    xarray for other ends.
    """
    with pytest.MonkeyPatch.context() as patch:
        package = ModuleType("pingouin")
        spec = importlib.util.find_spec("pingouin")
        assert spec is not None
        package.__path__ = list(spec.submodule_search_locations or ())
        flavor = ModuleType("pandas_flavor")
        flavor.register_dataframe_method = lambda method: method  # type: ignore[attr-defined]
        patch.setitem(sys.modules, "pingouin", package)
        patch.setitem(sys.modules, "pandas_flavor", flavor)
        importlib.import_module("pingouin.config").set_default_options()
        package.anova = importlib.import_module("pingouin.parametric").anova  # type: ignore[attr-defined]
        correlations = importlib.import_module("pingouin.reliability").intraclass_corr
        yield lambda scores: _iccs(correlations, scores)


def _iccs(correlations: Callable[..., Any], scores: FloatArray) -> dict[str, float | None]:
    n, k = scores.shape
    table = pd.DataFrame(
        {"item": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n), "score": scores.ravel()}
    )
    with _quiet():
        try:
            iccs = correlations(table, "item", "rater", "score", nan_policy="omit")
        except (AssertionError, ValueError, ZeroDivisionError):
            return {}
    return {name: _finite(value) for name, value in zip(iccs["Type"], iccs["ICC"], strict=True)}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
