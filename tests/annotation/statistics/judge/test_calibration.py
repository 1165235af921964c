import pytest

from annotation.statistics.judge.calibration import ALL_SCORED, NEVER_GIVEN, Calibration, calibration
from annotation.statistics.judge.words import NO_ORDER
from tests.annotation.statistics.judge.judges import COLOUR, FIVE, Item, drawn_items, judged
from tests.annotation.statistics.report.studies import PLAN

pytestmark = pytest.mark.filterwarnings("error")


def calibrated(items: list[Item]) -> Calibration:
    return calibration(judged(items), FIVE, PLAN)


def test_each_point_has_the_mean_of_the_items_it_was_given_to() -> None:
    items = drawn_items(1)

    found = calibrated(items)

    for value, point in enumerate(found.points, start=1):
        means = [sum(item.experts) / 2 for item in items if item.judge[0] == value]
        assert (point.n_items, point.n_replies) == (len(means), len(means))
        assert point.expert_mean.value == pytest.approx(sum(means) / len(means), abs=1e-12)
        assert point.expert_mean.low is not None
        assert point.expert_mean.high is not None
        assert point.expert_mean.low <= point.expert_mean.value <= point.expert_mean.high
    assert found.without_score.expert_mean.reason == ALL_SCORED


def test_item_counts_by_the_share_of_its_replies_at_the_point() -> None:
    """Point 2: half of the first item (experts 5) and all of the second (experts 2): (.5 x 5 + 2) / 1.5."""
    found = calibrated([Item(0, [2, 4, "refused"], [5]), Item(1, [2, 2], [1, 3])])

    assert (found.points[1].n_items, found.points[1].n_replies) == (2, 3)
    assert found.points[1].expert_mean.value == pytest.approx(3)
    assert found.points[3].expert_mean.value == 5
    assert found.points[0].expert_mean.reason == NEVER_GIVEN


def test_items_without_a_score_have_a_mean_of_their_own() -> None:
    found = calibrated(
        [
            Item(0, ["refused", "unreadable"], [5]),
            Item(1, ["not_applicable"], [2]),
            Item(2, ["waiting"], [1]),
            Item(3, [3], [3]),
            Item(4, ["refused"], []),
        ]
    )

    assert (found.without_score.n_items, found.without_score.n_replies) == (2, 3)
    assert found.without_score.expert_mean.value == 3.5


def test_items_that_no_expert_rated_are_not_there() -> None:
    found = calibrated([Item(0, [3], [])])

    assert [point.n_items for point in found.points] == [0] * 5
    assert found.points[2].expert_mean.reason == NEVER_GIVEN


def test_nothing_asked_gives_words() -> None:
    found = calibrated([])

    assert {point.expert_mean.reason for point in found.points} == {NEVER_GIVEN}


def test_points_without_order_have_numbers_of_items_and_no_means() -> None:
    found = calibration(judged([Item(0, [2], [1])], COLOUR), COLOUR, PLAN)

    assert [point.n_items for point in found.points] == [0, 0, 1]
    assert {point.expert_mean.reason for point in found.points} == {NO_ORDER}
