import numpy as np
import pytest

from annotation.statistics.judge.scores import JudgeScores
from tests.annotation.statistics.judge.judges import judge_of


def scores(*, outcome: list[list[int]], score: list[list[int]], item: list[int]) -> JudgeScores:
    return JudgeScores(
        item=np.array(item),
        repeat=np.zeros(len(item), dtype=np.int64),
        outcome=np.array(outcome),
        score=np.array(score),
    )


def test_replies_and_repeats_are_counted() -> None:
    judge = judge_of([(0, 1, (5, "refused")), (0, 2, (5, None)), (3, 1, ("waiting", 0))])

    assert (judge.n_replies, judge.n_repeats) == (5, 2)


def test_judge_without_a_reply_has_none() -> None:
    judge = judge_of([])

    assert (judge.n_replies, judge.n_repeats) == (0, 0)


def test_rows_come_in_the_order_of_the_items_new_places() -> None:
    judge = judge_of([(0, 2, (1, 0)), (1, 1, (2, 0)), (0, 1, (3, 0))])

    turned = judge.in_order(np.array([1, 0]))

    assert turned.item.tolist() == [0, 1, 1]
    assert turned.score[:, 0].tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("outcome", "score", "item", "says"),
    [
        ([[0], [0]], [[1], [2]], [4, 4], "two rows"),
        ([[1]], [[2]], [0], "belongs to the outcome"),
        ([[0]], [[-1]], [0], "belongs to the outcome"),
        ([[5]], [[-1]], [0], "outcome that there is not"),
        ([[0, 0]], [[1]], [0], "Each score needs an outcome"),
        ([[0]], [[1]], [0, 1], "Each row needs"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    outcome: list[list[int]], score: list[list[int]], item: list[int], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        scores(outcome=outcome, score=score, item=item)
