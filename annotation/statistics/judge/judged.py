"""The items of a criterion with the judge's replies and the experts' ratings, counted."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.judge.scores import NOT_ASKED, OUTCOMES, JudgeScores
from annotation.statistics.observations import BoolArray, FloatArray, IntArray
from annotation.statistics.study_ratings import StudyRatings


@dataclass(frozen=True, eq=False)
class Judged:
    """Items of one criterion.

    replies, ratings: (n_items, n_categories), how often the judge, and experts, gave each point.
    outcomes: (n_items, n_outcomes), how many replies came to what, in the order of OUTCOMES.
    post: (n_items,), 0..n_posts-1, every post having an item. values: (n_categories,), ascending.
    """

    replies: IntArray
    outcomes: IntArray
    ratings: IntArray
    post: IntArray
    values: FloatArray

    @property
    def n_items(self) -> int:
        return len(self.post)

    @property
    def n_posts(self) -> int:
        return int(self.post.max()) + 1 if len(self.post) else 0

    @property
    def judge_means(self) -> FloatArray:
        """Return (n_items,): the mean of the judge's scores, in points; NaN without one."""
        return _means(self.replies, self.values)

    @property
    def expert_means(self) -> FloatArray:
        return _means(self.ratings, self.values)

    def is_scored(self) -> BoolArray:
        """Return (n_items,): which items have a score by the judge."""
        return np.asarray(self.replies.any(axis=1))

    def is_rated(self) -> BoolArray:
        """Return (n_items,): which items have a score by an expert."""
        return np.asarray(self.ratings.any(axis=1))

    def is_compared(self) -> BoolArray:
        """Return (n_items,): which items have a score by the judge and one by an expert."""
        return self.is_scored() & self.is_rated()

    def subset(self, mask: BoolArray) -> "Judged":
        """Return the items for which mask (n_items,) is true; posts are numbered anew in their order."""
        return Judged(
            replies=self.replies[mask],
            outcomes=self.outcomes[mask],
            ratings=self.ratings[mask],
            post=np.unique(self.post[mask], return_inverse=True)[1].astype(np.int64),
            values=self.values,
        )


def judged_of(ratings: StudyRatings, judge: JudgeScores, criterion: int) -> Judged:
    """Return all of the study's items on one criterion, also those that the judge was not asked about."""
    values, n_items = ratings.values(criterion), ratings.n_items
    outcome, score = judge.outcome[:, criterion], judge.score[:, criterion]
    asked, scored = outcome != NOT_ASKED, score >= 0
    return Judged(
        replies=_counts(judge.item[scored], score[scored], shape=(n_items, len(values))),
        outcomes=_counts(judge.item[asked], outcome[asked], shape=(n_items, len(OUTCOMES))),
        ratings=ratings.observations(criterion).counts(),
        post=ratings.post,
        values=values,
    )


def _counts(row: IntArray, column: IntArray, *, shape: tuple[int, int]) -> IntArray:
    counts = np.zeros(shape, dtype=np.int64)
    np.add.at(counts, (row, column), 1)
    return counts


def _means(counts: IntArray, values: FloatArray) -> FloatArray:
    n = counts.sum(axis=1)
    return np.divide(counts @ values, n, out=np.full(len(n), np.nan), where=n > 0)
