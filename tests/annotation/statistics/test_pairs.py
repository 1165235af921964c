import numpy as np
import pytest

from annotation.statistics.pairs import Pairs


def test_pairs_add_up_the_differences_of_a_post() -> None:
    pairs = Pairs(a=np.array([5.0, 3.0, 4.0]), b=np.array([1.0, 1.0, 4.5]), post=np.array([7, 7, 2]))

    assert (pairs.n, pairs.n_posts) == (3, 2)
    assert pairs.difference_sums().tolist() == [-0.5, 6.0]
    assert pairs.difference_means().tolist() == [-0.5, 3.0]


def test_pairs_equal_differences_stay_equal_in_spite_of_rounding() -> None:
    pairs = Pairs(a=np.array([0.3, 3.3]), b=np.array([0.1, 3.1]), post=np.array([0, 1]))

    assert pairs.differences.tolist() == [0.2, 0.2]


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        ([], "No post has ratings under both conditions."),
        ([1.0], "Only 1 post has ratings under both conditions; a test needs at least 3."),
        ([1.0, 2.0], "Only 2 posts have ratings under both conditions; a test needs at least 3."),
        (
            [0.0, 0.0, 0.0],
            "On no post do the two conditions differ on average: there is nothing to test.",
        ),
        ([1.0, 2.0, 0.0], ""),
    ],
)
def test_why_untestable_says_it_in_words(differences: list[float], words: str) -> None:
    a = np.array(differences)

    assert Pairs(a=a, b=np.zeros(len(a)), post=np.arange(len(a))).why_untestable() == words


def test_pairs_missing_mean_raises() -> None:
    with pytest.raises(ValueError, match="leave out items without a rating"):
        Pairs(a=np.array([np.nan]), b=np.array([1.0]), post=np.array([0]))


def test_pairs_of_unequal_length_raise() -> None:
    with pytest.raises(ValueError, match="two means and one post"):
        Pairs(a=np.array([1.0, 2.0]), b=np.array([1.0]), post=np.array([0]))
