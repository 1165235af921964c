import pytest

from generation.backends import retrying
from generation.backends.retrying import RetryPolicy, SharedTime


def test_wait_doubles_up_to_a_bound_and_ends_with_the_tries() -> None:
    policy = RetryPolicy(tries=6, first_wait_s=1, longest_wait_s=5)

    waits = [policy.wait_s(tries=tries, asked_s=None, spent_s=0) for tries in range(1, 7)]

    for wait, longest in zip(waits, [1, 2, 4, 5, 5], strict=False):
        assert wait is not None
        assert longest / 2 <= wait <= longest
    assert waits[5] is None


def test_wait_that_the_server_asks_for_is_kept_unless_it_is_too_long() -> None:
    policy = RetryPolicy(longest_asked_wait_s=120)

    wait = policy.wait_s(tries=1, asked_s=100, spent_s=0)

    assert wait is not None
    assert 100 <= wait <= 110
    assert policy.wait_s(tries=1, asked_s=121, spent_s=0) is None


def test_no_wait_once_the_time_is_up() -> None:
    assert RetryPolicy(time_limit_s=600).wait_s(tries=1, asked_s=None, spent_s=600) is None


def test_shared_time_is_split_among_those_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(retrying, "monotonic", lambda: now)
    shared = SharedTime()

    first = shared.enter()
    now = 2.0  # the first alone
    second = shared.enter()
    now = 6.0  # both
    first_s = shared.share_since(first)
    shared.leave()
    now = 7.0  # the second alone
    second_s = shared.share_since(second)
    shared.leave()
    now = 100.0  # nobody
    third = shared.enter()
    now = 101.0

    assert (first_s, second_s, shared.share_since(third)) == (4.0, 3.0, 1.0)
