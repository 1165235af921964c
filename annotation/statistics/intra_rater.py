"""How well a rater agrees with herself on items that she was given a second time."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.bootstrap import bootstrap_items, bootstrap_posts
from annotation.statistics.observations import IntArray
from annotation.statistics.pair_agreement import PairAgreement, pair_agreement
from annotation.statistics.paired_ratings import PairedRatings


@dataclass(frozen=True)
class IntraRater:
    """A rater's first and second occasion compared, with intervals from resampling posts, and her items.

    A positive mean difference says that she gave less the second time.
    """

    rater: int
    agreement: PairAgreement
    over_items: PairAgreement


def intra_rater_agreement(
    occasions: PairedRatings, rater: IntArray, *, seed: int, n_resamples: int = 2_000
) -> tuple[IntraRater, ...]:
    """Return each rater's agreement with herself, by rater index; who rated nothing twice is absent.

    occasions: one row for each item that a rater rated twice, first and second occasion. rater: (n_units,)
    whose row it is.
    """
    drawn = {"seed": seed, "n_resamples": n_resamples}
    hers = {int(number): occasions.rows(rater == number) for number in np.unique(rater)}
    return tuple(
        IntraRater(
            number,
            agreement=pair_agreement(rows, bootstrap=bootstrap_posts, **drawn),
            over_items=pair_agreement(rows, bootstrap=bootstrap_items, **drawn),
        )
        for number, rows in hers.items()
    )
