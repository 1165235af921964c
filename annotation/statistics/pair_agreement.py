"""What is shown of two raters who rated the same items, or of one rater's two occasions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotation.statistics.bootstrap import Bootstrap
from annotation.statistics.coefficient import Coefficient
from annotation.statistics.pair_coefficients import (
    MEAN_DIFFERENCE,
    PAIR_ADJACENT,
    PAIR_EXACT,
    PAIR_KAPPA,
    PAIR_KAPPA_QUADRATIC,
)
from annotation.statistics.paired_ratings import PairedRatings
from annotation.statistics.resampled import Resampled

CONSTANT = "One of the two gave every shared item the same point: kappa cannot tell agreement from chance."


@dataclass(frozen=True)
class PairAgreement:
    """Agreement of two ratings on n_items items.

    mean_difference: first minus second, in points; sd_difference its standard deviation (n - 1) over items.
    weighted_kappa has quadratic weights (Fleiss & Cohen 1973). Both kappas are None, with the reason, where a
    rater gave one point only: their 0 would not be one.
    """

    n_items: int
    exact: Resampled
    adjacent: Resampled
    kappa: Resampled
    weighted_kappa: Resampled
    mean_difference: Resampled
    sd_difference: float | None

    @property
    def limits(self) -> tuple[float, float] | None:
        """The limits of agreement, mean difference ± 1.96 SD (Bland & Altman 1986, Lancet 327)."""
        if self.mean_difference.value is None or self.sd_difference is None:
            return None
        reach = 1.96 * self.sd_difference
        return self.mean_difference.value - reach, self.mean_difference.value + reach


def pair_agreement(
    pair: PairedRatings, *, bootstrap: Bootstrap, seed: int, n_resamples: int = 2_000
) -> PairAgreement:
    """Return the agreement of the pair with intervals by `bootstrap_items` or `bootstrap_posts`."""
    coefficients = [PAIR_EXACT, PAIR_ADJACENT, PAIR_KAPPA, PAIR_KAPPA_QUADRATIC, MEAN_DIFFERENCE]
    exact, adjacent, kappa, weighted, difference = pair_estimates(
        pair, coefficients, bootstrap=bootstrap, seed=seed, n_resamples=n_resamples
    )
    return PairAgreement(
        n_items=pair.n_units,
        exact=exact,
        adjacent=adjacent,
        kappa=kappa,
        weighted_kappa=weighted,
        mean_difference=difference,
        sd_difference=float(pair.differences().std(ddof=1)) if pair.n_units > 1 else None,
    )


def pair_estimates(
    pair: PairedRatings,
    coefficients: Sequence[Coefficient],
    *,
    bootstrap: Bootstrap,
    seed: int,
    n_resamples: int = 2_000,
) -> list[Resampled]:
    """Return some of the numbers of a pair, in their order, as `pair_agreement` has them."""
    estimates = bootstrap(pair, coefficients, seed=seed, n_resamples=n_resamples)
    if not pair.n_units or min(len(np.unique(pair.first)), len(np.unique(pair.second))) > 1:
        return estimates
    kappas = (PAIR_KAPPA, PAIR_KAPPA_QUADRATIC)
    return [
        Resampled(None, reason=CONSTANT) if coefficient in kappas else estimate
        for coefficient, estimate in zip(coefficients, estimates, strict=True)
    ]
