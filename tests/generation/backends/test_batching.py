from generation.backends.batching import plan_batches, tokens_that_fit
from generation.backends.prefix_sharing import PrefixGroup


def alone(count: int) -> list[PrefixGroup]:
    return [PrefixGroup((position,), 1) for position in range(count)]


def test_plan_batches_sorts_by_length_within_budget_and_rows() -> None:
    batches = plan_batches(alone(5), [5, 50, 6, 7, 500], new_tokens=10, token_budget=130, max_rows=2)

    assert batches == [[4], [1, 3], [2, 0]]


def test_plan_batches_keeps_a_group_together() -> None:
    groups = [PrefixGroup((0, 3), 4), PrefixGroup((1,), 8), PrefixGroup((2,), 6)]

    batches = plan_batches(groups, [5, 9, 7, 8], new_tokens=1, token_budget=1000, max_rows=3)

    assert batches == [[1, 3, 0], [2]]


def test_plan_batches_counts_the_longest_row_of_a_batch_wherever_it_stands() -> None:
    groups = [PrefixGroup((0, 1), 4)]

    assert plan_batches(groups, [5, 9], new_tokens=1, token_budget=19, max_rows=8) == [[1], [0]]


def test_plan_batches_of_nothing() -> None:
    assert plan_batches([], [], new_tokens=1, token_budget=1, max_rows=1) == []


def test_tokens_that_fit_leave_as_much_again_for_reading() -> None:
    # A 7B Mistral keeps 131,072 bytes a token: with 51 GiB, 512 rows of 400 tokens.
    assert tokens_that_fit(memory_bytes=51 * 2**30, bytes_per_token=131_072) == 208_896


def test_tokens_that_fit_are_never_none() -> None:
    assert tokens_that_fit(memory_bytes=0, bytes_per_token=131_072) == 1
