import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.observations import Observations
from annotation.statistics.paired_ratings import PairedRatings, rater_pairs
from tests.annotation.statistics.designs import NA, observations_of

TABLES = st.lists(
    st.lists(st.one_of(st.just(NA), st.integers(0, 3).map(float)), min_size=4, max_size=4),
    min_size=1,
    max_size=25,
)


def test_pairs_hold_the_items_that_both_rated() -> None:
    scores = [[1, 3, NA], [NA, NA, NA], [2, NA, 2], [3, 1, 1]]

    pairs = rater_pairs(observations_of(scores, values=[1, 2, 3], cluster=[0, 0, 1, 2]))

    assert {names: pair.table().tolist() for names, pair in pairs.items()} == {
        (0, 1): [[0, 0, 1], [0, 0, 0], [1, 0, 0]],
        (0, 2): [[0, 0, 0], [0, 1, 0], [1, 0, 0]],
        (1, 2): [[1, 0, 0], [0, 0, 0], [0, 0, 0]],
    }
    assert {names: pair.cluster.tolist() for names, pair in pairs.items()} == {
        (0, 1): [0, 2],
        (0, 2): [1, 2],
        (1, 2): [2],
    }


def test_differences_are_in_points_of_the_scale() -> None:
    pairs = rater_pairs(observations_of([[0, 1], [1, 0.5]], values=[0, 0.5, 1]))

    assert pairs[0, 1].differences().tolist() == [-1, 0.5]


def test_raters_who_never_meet_are_no_pair() -> None:
    assert rater_pairs(observations_of([[1, NA], [NA, 2]])) == {}


def test_no_ratings_make_no_pairs() -> None:
    assert rater_pairs(observations_of([[NA, NA]], values=[1, 2])) == {}


def test_pairs_of_ratings_in_any_order_are_the_same() -> None:
    sorted_ = observations_of([[1, 3, 2], [2, 2, NA]], values=[1, 2, 3])
    order = np.array([4, 0, 2, 3, 1])
    shuffled = Observations(
        unit=sorted_.unit[order],
        rater=sorted_.rater[order],
        category=sorted_.category[order],
        values=sorted_.values,
        cluster=sorted_.cluster,
    )

    tables = [
        {names: pair.table().tolist() for names, pair in rater_pairs(observations).items()}
        for observations in (sorted_, shuffled)
    ]

    assert tables[0] == tables[1]
    assert tables[0][0, 1] == [[0, 0, 1], [0, 1, 0], [0, 0, 0]]


@given(TABLES)
def test_pairs_equal_a_look_at_every_two_columns(scores: list[list[float]]) -> None:
    table = np.array(scores)

    pairs = rater_pairs(observations_of(scores, values=range(4)))

    expected = {}
    for one in range(4):
        for other in range(one + 1, 4):
            both = ~np.isnan(table[:, [one, other]]).any(axis=1)
            if both.any():
                expected[one, other] = table[both][:, [one, other]].astype(int).tolist()
    found = {names: np.column_stack([pair.first, pair.second]).tolist() for names, pair in pairs.items()}
    assert {names: sorted(rows) for names, rows in found.items()} == {
        names: sorted(rows) for names, rows in expected.items()
    }


def test_no_shared_item_says_so() -> None:
    none = np.empty(0, dtype=np.int64)

    pair = PairedRatings(first=none, second=none, values=np.array([1.0, 2]), cluster=none)

    assert pair.why_incomparable() == "No item has both ratings, so there is nothing to compare."
    assert pair.table().tolist() == [[0, 0], [0, 0]]
