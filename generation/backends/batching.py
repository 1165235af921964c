"""Which prompts run together: pure arithmetic on token counts."""

from collections.abc import Sequence


def plan_batches(
    lengths: Sequence[int], *, new_tokens: int, token_budget: int, max_rows: int
) -> list[list[int]]:
    """Group prompts of like length, longest first, so that padding wastes little; positions into lengths.

    A batch costs rows x (its longest prompt + new_tokens), within the budget unless it is a single row.
    Longest first: if memory runs out, it does so at once and not after an hour.
    """
    batches: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        if batches:
            current = batches[-1]
            width = lengths[current[0]] + new_tokens
            if len(current) < max_rows and (len(current) + 1) * width <= token_budget:
                current.append(position)
                continue
        batches.append([position])
    return batches
