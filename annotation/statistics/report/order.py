"""Put a study's ratings in one order, so that a report depends on what they say and on nothing else.

Sums of fractions differ in their last digit with the order of adding up. Ratings that come in another order,
from a file or another database, would otherwise give another report.
"""

from dataclasses import replace

import numpy as np

from annotation.statistics.observations import IntArray
from annotation.statistics.study_ratings import Repeats, StudyRatings


def items_in_order(ratings: StudyRatings) -> IntArray:
    """Return (n_items,): the items by post, dimension and condition."""
    return np.lexsort((ratings.condition, ratings.dimension, ratings.post))


def in_order(ratings: StudyRatings) -> StudyRatings:
    """Return the ratings by item and rater, the items by post, dimension and condition.

    Posts, conditions and raters keep their numbers; re-ratings are by rater, post and condition. Several
    texts of one cell, which only imported studies have, stay in the order in which they come.
    """
    items = items_in_order(ratings)
    item = np.argsort(items)[ratings.item]
    rows = np.lexsort((ratings.rater, item))
    return replace(
        ratings,
        post=ratings.post[items],
        dimension=ratings.dimension[items],
        condition=ratings.condition[items],
        item=item[rows],
        rater=ratings.rater[rows],
        given=ratings.given[rows],
        score=ratings.score[rows],
        groupings={
            kind: replace(grouping, group=grouping.group[items])
            for kind, grouping in ratings.groupings.items()
        },
        repeats=_repeats_in_order(ratings.repeats) if ratings.repeats else None,
    )


def _repeats_in_order(repeats: Repeats) -> Repeats:
    """Return them by rater, post and condition; those that are alike in that by their scores."""
    scores = (*repeats.second.T, *repeats.first.T)
    rows = np.lexsort((*scores, repeats.condition, repeats.post, repeats.rater))
    return Repeats(**{name: column[rows] for name, column in vars(repeats).items()})
