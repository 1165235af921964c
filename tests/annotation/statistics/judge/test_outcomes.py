import pytest

from annotation.statistics.judge.outcomes import NO_REPLY, outcomes
from tests.annotation.statistics.judge.judges import Item, judged
from tests.annotation.statistics.report.studies import PLAN

pytestmark = pytest.mark.filterwarnings("error")


def test_replies_that_have_come_are_counted_and_shared_out() -> None:
    items = [
        Item(0, [3, "refused"], [1]),
        Item(1, [3, "unreadable"], [1]),
        Item(2, [3, "waiting"], []),
        Item(3, ["not_applicable", 2, 2], [1]),
        Item(4, [], [1]),
    ]

    found = outcomes(judged(items), PLAN)

    assert (found.n, found.n_items, found.n_waiting) == (8, 4, 1)
    assert found.counts == {"score": 5, "refused": 1, "not_applicable": 1, "unreadable": 1}
    assert {key: share.value for key, share in found.shares.items()} == {
        "score": 0.625,
        "refused": 0.125,
        "not_applicable": 0.125,
        "unreadable": 0.125,
    }
    for share in found.shares.values():
        assert share.low is not None
        assert share.high is not None
        assert 0 <= share.low <= (share.value or 0) <= share.high <= 1


def test_interval_is_of_posts_and_not_of_replies() -> None:
    """All refusals are of one post of six: its draws alone move the share, by sixths."""
    items = [Item(post, ["refused" if post == 0 else 3], [1]) for post in range(6) for _ in range(20)]

    share = outcomes(judged(items), PLAN).shares["refused"]

    assert share.value == pytest.approx(1 / 6)
    assert (share.low, share.high) == pytest.approx((0, 0.5))


def test_judge_who_always_refuses_has_a_share_and_words_for_its_interval() -> None:
    share = outcomes(judged([Item(post, ["refused"], [1]) for post in range(9)]), PLAN).shares["refused"]

    assert (share.value, share.reason) == (1, "No interval: the number is the same in every resample.")


@pytest.mark.parametrize("items", [[], [Item(0, [], [2])], [Item(0, ["waiting"], [2])]])
def test_no_reply_has_words(items: list[Item]) -> None:
    found = outcomes(judged(items), PLAN)

    assert found.n == 0
    assert {share.reason for share in found.shares.values()} == {NO_REPLY}
