import numpy as np
import pytest

from annotation.statistics.observations import IntArray, Observations


def four_ratings_of_three_items() -> Observations:
    """Item 0 has two ratings, item 1 none, item 2 two; items 1 and 2 share a post."""
    return Observations(
        unit=np.array([0, 0, 2, 2]),
        rater=np.array([0, 3, 1, 3]),
        category=np.array([2, 2, 0, 1]),
        values=np.array([0.0, 0.5, 1.0]),
        cluster=np.array([0, 1, 1]),
    )


def test_counts_say_how_often_each_point_was_given_to_each_item() -> None:
    counts = four_ratings_of_three_items().counts()

    assert counts.tolist() == [[0, 0, 2], [0, 0, 0], [1, 1, 0]]


def test_sizes_count_items_without_ratings_and_raters_with_them() -> None:
    observations = four_ratings_of_three_items()

    sizes = (observations.n_units, observations.n_ratings, observations.n_clusters, observations.n_raters)
    assert sizes == (3, 4, 2, 3)


def test_subset_numbers_items_and_posts_anew_and_keeps_raters() -> None:
    subset = four_ratings_of_three_items().subset(np.array([False, False, True]))

    assert subset.unit.tolist() == [0, 0]
    assert subset.cluster.tolist() == [0]
    assert subset.rater.tolist() == [1, 3]
    assert subset.counts().tolist() == [[1, 1, 0]]


def test_subset_of_nothing_is_empty() -> None:
    subset = four_ratings_of_three_items().subset(np.zeros(3, dtype=bool))

    assert (subset.n_units, subset.n_ratings, subset.n_clusters, subset.n_raters) == (0, 0, 0, 0)
    assert subset.counts().shape == (0, 3)


def test_a_rater_who_rated_an_item_twice_is_found_in_any_order() -> None:
    with pytest.raises(ValueError, match="rated an item twice"):
        Observations(
            unit=np.array([0, 1, 0]),
            rater=np.array([2, 1, 2]),
            category=np.array([0, 0, 1]),
            values=np.array([1.0, 2]),
            cluster=np.array([0, 1]),
        )


@pytest.mark.parametrize(
    ("field", "numbers", "message"),
    [
        ("rater", [0, 3, 1], "one item, one rater"),
        ("rater", [0, 0, 1, 3], "rated an item twice"),
        ("rater", [0, -1, 1, 3], "cannot be negative"),
        ("unit", [0, 0, 2, 3], "item that is not there"),
        ("unit", [-1, 0, 2, 2], "item that is not there"),
        ("category", [2, 2, 0, 3], "does not declare"),
        ("values", [0, 1, 0.5], "must be ascending"),
        ("cluster", [0, 2, 2], "Every post needs an item"),
    ],
)
def test_arrays_that_do_not_fit_together_raise(field: str, numbers: list[float], message: str) -> None:
    good = four_ratings_of_three_items()
    arrays: dict[str, IntArray] = {name: getattr(good, name) for name in good.__dataclass_fields__}

    with pytest.raises(ValueError, match=message):
        Observations(**{**arrays, field: np.array(numbers)})
