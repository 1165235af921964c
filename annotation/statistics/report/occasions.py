"""Items that raters rated on two occasions, as pairs of ratings."""

import numpy as np

from annotation.statistics.observations import IntArray
from annotation.statistics.paired_ratings import PairedRatings
from annotation.statistics.study_ratings import StudyRatings


def occasions_of(
    ratings: StudyRatings, criterion: int, *, condition: int | None = None
) -> tuple[PairedRatings, IntArray]:
    """Return first and second ratings with scores on the criterion, and (n_units,) whose they are.

    condition: of whose items alone; None for all.
    """
    repeats = ratings.repeats
    if repeats is None:
        none = np.empty(0, dtype=np.int64)
        return PairedRatings(none, none, ratings.values(criterion), cluster=none), none
    first, second = repeats.first[:, criterion], repeats.second[:, criterion]
    both = (first >= 0) & (second >= 0)
    if condition is not None:
        both &= repeats.condition == condition
    occasions = PairedRatings(
        first=first[both],
        second=second[both],
        values=ratings.values(criterion),
        cluster=np.unique(repeats.post[both], return_inverse=True)[1].astype(np.int64),
    )
    return occasions, repeats.rater[both]
