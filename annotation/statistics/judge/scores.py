"""A judge's replies as arrays: beside a study's ratings, never among them."""

from dataclasses import dataclass, replace

import numpy as np

from annotation.statistics.observations import IntArray

OUTCOMES = ("score", "refused", "not_applicable", "unreadable", "waiting")
SCORE, WAITING = OUTCOMES.index("score"), OUTCOMES.index("waiting")
NOT_ASKED = -1


@dataclass(frozen=True, eq=False)
class JudgeScores:
    """What one judge replied of the items of a study, one row for each item and repeat.

    item: (n_rows,) index into the items of `StudyRatings`. repeat: (n_rows,) any number, each once per item.
    outcome: (n_rows, n_criteria) index into OUTCOMES, NOT_ASKED without a reply.
    score: (n_rows, n_criteria) index into the scale's values where the outcome is a score, else -1.
    n_elsewhere: replies of the run to items that no counted rating is of; nothing compares them.

    Raises ValueError where the arrays do not fit together.
    """

    item: IntArray
    repeat: IntArray
    outcome: IntArray
    score: IntArray
    n_elsewhere: int = 0

    def __post_init__(self) -> None:
        if not len(self.item) == len(self.repeat) == len(self.outcome) == len(self.score):
            raise ValueError("Each row needs an item, a repeat, outcomes and scores.")
        if self.outcome.shape != self.score.shape:
            raise ValueError("Each score needs an outcome.")
        if np.any((self.outcome < NOT_ASKED) | (self.outcome >= len(OUTCOMES))):
            raise ValueError("A reply has an outcome that there is not.")
        if np.any((self.outcome == SCORE) != (self.score >= 0)):
            raise ValueError("A score belongs to the outcome “score” and to no other.")
        keys = np.column_stack((self.item, self.repeat))
        if len(np.unique(keys, axis=0)) < len(keys):
            raise ValueError("The judge has two rows for an item and a repeat.")

    @property
    def n_replies(self) -> int:
        """Number of replies on all criteria, also of those that are still waited for."""
        return int(np.count_nonzero(self.outcome != NOT_ASKED))

    @property
    def n_repeats(self) -> int:
        """The most replies to one item on one criterion."""
        return int(np.bincount(self.item).max()) if len(self.item) else 0

    def in_order(self, places: IntArray) -> "JudgeScores":
        """Return the rows by item and repeat, the items by their new places (n_items,)."""
        item = places[self.item]
        rows = np.lexsort((self.repeat, item))
        return replace(
            self,
            item=item[rows],
            repeat=self.repeat[rows],
            outcome=self.outcome[rows],
            score=self.score[rows],
        )
