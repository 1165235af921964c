"""Which prompts begin alike, so that the common beginning is read by the model once: pure list work."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

# A chat template and a system prompt are alike in all prompts; a post is what makes sharing worth while.
WORTH_SHARING = 0.5


@dataclass(frozen=True)
class PrefixGroup:
    """Prompts, by their positions, and how many of their first tokens they have in common.

    At least one token of each prompt is left after the prefix: the model answers to it.
    """

    positions: tuple[int, ...]
    prefix_length: int


def group_by_prefix(prompts: Sequence[Sequence[int]]) -> list[PrefixGroup]:
    """Put together prompts that share at least half of the shortest; a prompt like no other is its own group.

    In sorted order neighbours share most, so that one pass finds the groups, whatever the order of prompts.
    """
    groups: list[PrefixGroup] = []
    for position in sorted(range(len(prompts)), key=lambda position: list(prompts[position])):
        prompt = prompts[position]
        if groups:
            last = groups[-1]
            first = prompts[last.positions[0]]
            shared = min(last.prefix_length, _common_length(first, prompt), len(prompt) - 1)
            shortest = min(len(prompt), *(len(prompts[member]) for member in last.positions))
            if shared >= WORTH_SHARING * shortest:
                groups[-1] = PrefixGroup((*last.positions, position), shared)
                continue
        groups.append(PrefixGroup((position,), len(prompt) - 1))
    return groups


def each_alone(prompts: Sequence[Sequence[int]]) -> list[PrefixGroup]:
    """Let no prompts share, for models to which padding inside a row would matter."""
    return [PrefixGroup((position,), len(prompt) - 1) for position, prompt in enumerate(prompts)]


def _common_length(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
