"""Which prompts run together and how many fit: pure arithmetic on token counts and bytes."""

from collections.abc import Sequence
from itertools import chain

from generation.backends.prefix_sharing import PrefixGroup

# Beside the keys and values that stay, reading a prompt needs about as much again for a moment.
READING_FACTOR = 2


def plan_batches(
    groups: Sequence[PrefixGroup],
    lengths: Sequence[int],
    *,
    new_tokens: int,
    token_budget: int,
    max_rows: int,
) -> list[list[int]]:
    """Put prompts of like length together, longest first, those of one group side by side; positions.

    A batch costs rows x (its longest prompt + new_tokens), within the budget unless it is a single row.
    Longest first: if memory runs out, it does so at once and not after an hour. A group at the edge of a
    batch is cut: reading one prefix twice costs less than rows left empty.
    """
    by_length = [sorted(group.positions, key=lambda position: -lengths[position]) for group in groups]
    by_length.sort(key=lambda positions: -lengths[positions[0]])
    batches: list[list[int]] = []
    width = 0
    for position in chain.from_iterable(by_length):
        wider = max(width, lengths[position] + new_tokens)
        if batches and len(batches[-1]) < max_rows and (len(batches[-1]) + 1) * wider <= token_budget:
            batches[-1].append(position)
            width = wider
        else:
            batches.append([position])
            width = lengths[position] + new_tokens
    return batches


def tokens_that_fit(*, memory_bytes: int, bytes_per_token: int) -> int:
    """Return how many tokens of prompts and answers have room, at least one."""
    return max(memory_bytes // (READING_FACTOR * bytes_per_token), 1)
