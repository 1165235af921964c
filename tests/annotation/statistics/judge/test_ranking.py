import numpy as np
import pytest
from scipy.stats import kendalltau, rankdata

from annotation.statistics.judge.ranking import ALL_EQUAL, NOT_COMPARED, Ranking, ranking
from annotation.statistics.judge.words import NO_ORDER
from tests.annotation.statistics.judge.judges import COLOUR, FIVE, Item, drawn_items, judged
from tests.annotation.statistics.report.studies import PLAN

pytestmark = pytest.mark.filterwarnings("error")


def ranked(items: list[Item], condition: list[int], *, n: int) -> Ranking:
    return ranking(judged(items), np.array(condition, dtype=np.int64), n, FIVE, PLAN)


def test_conditions_have_means_and_ranks_of_the_same_items() -> None:
    items = [*drawn_items(2, repeats=2), Item(0, ["refused"], [5, 5]), Item(0, [5], [])]
    condition = [place % 6 for place in range(60)] + [0, 1]

    found = ranked(items, condition, n=6)

    means = [
        [
            np.mean([np.mean(getattr(items[place], side)) for place in range(60) if place % 6 == number])
            for number in range(6)
        ]
        for side in ("judge", "experts")
    ]
    assert (found.n_items, found.n_conditions) == (60, 6)
    assert [each.n_items for each in found.conditions] == [10] * 6
    assert [each.judge_mean.value for each in found.conditions] == pytest.approx(means[0], abs=1e-12)
    assert [each.expert_mean.value for each in found.conditions] == pytest.approx(means[1], abs=1e-12)
    assert [each.judge_rank for each in found.conditions] == rankdata([-mean for mean in means[0]]).tolist()
    assert found.kendall.value == pytest.approx(kendalltau(*means).statistic, abs=1e-12)
    assert found.kendall.low is not None
    assert found.kendall.high is not None
    assert -1 <= found.kendall.low <= found.kendall.high <= 1


def test_same_order_is_1_and_turned_order_is_minus_1() -> None:
    same = [Item(post, [1 + number], [2 + number]) for post in range(4) for number in range(3)]
    turned = [Item(post, [5 - number], [2 + number]) for post in range(4) for number in range(3)]

    assert ranked(same, [0, 1, 2] * 4, n=3).kendall.value == 1
    assert ranked(turned, [0, 1, 2] * 4, n=3).kendall.value == -1


def test_equal_means_share_their_rank_also_where_rounding_parts_them() -> None:
    """Three thirds of 1 and one 1 are the same mean."""
    thirds = [Item(0, [1, 1, 2], [3]), Item(1, [1, 2, 1], [3]), Item(2, [2, 1, 1], [3])]
    items = [*thirds, *[Item(post, [2, 1, 1], [4]) for post in range(3)], Item(0, [5], [5])]

    found = ranked(items, [0] * 3 + [1] * 3 + [2], n=3)

    assert [each.judge_rank for each in found.conditions] == [2.5, 2.5, 1]
    assert [each.expert_rank for each in found.conditions] == [3, 2, 1]


def test_condition_without_an_item_has_no_rank_and_words() -> None:
    items = [Item(post, [1 + number], [2 + number]) for post in range(4) for number in range(3)]

    found = ranked(items, [0, 1, 3] * 4, n=4)

    empty = found.conditions[2]
    assert (empty.n_items, empty.judge_rank, empty.expert_rank) == (0, None, None)
    assert empty.judge_mean.reason == empty.expert_mean.reason == NOT_COMPARED
    assert (found.n_conditions, found.kendall.value) == (3, 1)


def test_two_conditions_have_no_order_to_compare() -> None:
    found = ranked(drawn_items(1), [place % 2 for place in range(60)], n=2)

    assert found.kendall.reason == (
        "Conditions with a score by the judge and by an expert: 2. An order of conditions is compared from 3"
        " on."
    )
    assert sorted(each.judge_rank or 0 for each in found.conditions) == [1, 2]


def test_equal_conditions_have_no_order() -> None:
    found = ranked([Item(place, [3], [place % 5 + 1]) for place in range(12)], [0, 1, 2] * 4, n=3)

    assert found.kendall.reason == ALL_EQUAL


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([], "The judge was not asked about these items."),
        ([Item(0, ["refused"], [3])], "No reply of the judge is a score: 1 refused."),
    ],
)
def test_nothing_to_rank_is_said_in_words(items: list[Item], reason: str) -> None:
    found = ranked(items, [0] * len(items), n=2)

    assert found.kendall.reason == reason
    assert [each.judge_mean.reason for each in found.conditions] == [reason] * 2


def test_points_without_order_are_not_ranked() -> None:
    items = judged([Item(place, [place % 3], [place % 3]) for place in range(12)], COLOUR)

    found = ranking(items, np.arange(12) % 3, 3, COLOUR, PLAN)

    assert found.kendall.reason == NO_ORDER
