"""Judges for tests: what they replied of each item, beside what experts gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

import numpy as np

from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.scores import NOT_ASKED, OUTCOMES, JudgeScores
from annotation.statistics.observations import IntArray
from annotation.statistics.study_ratings import Scale
from tests.annotation.statistics.report.studies import ALIGNMENT, HARM

Reply: TypeAlias = int | str | None
"""A score by its value, another outcome by its name, None where the judge was not asked."""

FIVE = Scale("empathy", "Empathy", tuple(map(Decimal, range(1, 6))), is_ordinal=True)
COLOUR = Scale("colour", "Colour", tuple(map(Decimal, range(3))), is_ordinal=False)
BY_KEY = {scale.key: scale for scale in (ALIGNMENT, HARM, FIVE, COLOUR)}


@dataclass(frozen=True)
class Item:
    """What the judge replied, each time it was asked, and what experts gave."""

    post: int
    judge: Sequence[Reply]
    experts: Sequence[int]


def judged(items: Sequence[Item], scale: Scale = FIVE) -> Judged:
    """Count the replies and ratings of the items."""
    values = [int(value) for value in scale.values]
    return Judged(
        replies=np.array([[list(item.judge).count(value) for value in values] for item in items]).reshape(
            len(items), len(values)
        ),
        outcomes=np.array(
            [[sum(outcome_of(reply) == each for reply in item.judge) for each in range(5)] for item in items]
        ).reshape(len(items), 5),
        ratings=np.array([[list(item.experts).count(value) for value in values] for item in items]).reshape(
            len(items), len(values)
        ),
        post=np.unique([item.post for item in items], return_inverse=True)[1].astype(np.int64),
        values=np.array(values, dtype=np.float64),
    )


def outcome_of(reply: Reply) -> int:
    if reply is None:
        return NOT_ASKED
    return OUTCOMES.index(reply if isinstance(reply, str) else "score")


def judge_of(
    rows: Sequence[tuple[int, int, tuple[Reply, ...]]], scales: Sequence[Scale] = (ALIGNMENT, HARM)
) -> JudgeScores:
    """Make scores of rows: item, repeat, a reply for each criterion."""
    shape = (len(rows), len(scales))
    return JudgeScores(
        item=np.array([item for item, _, _ in rows], dtype=np.int64),
        repeat=np.array([repeat for _, repeat, _ in rows], dtype=np.int64),
        outcome=np.array(
            [[outcome_of(reply) for reply in replies] for _, _, replies in rows], dtype=np.int64
        ).reshape(shape),
        score=np.array(
            [
                [place_of(reply, scale) for reply, scale in zip(replies, scales, strict=True)]
                for _, _, replies in rows
            ],
            dtype=np.int64,
        ).reshape(shape),
    )


def place_of(reply: Reply, scale: Scale) -> int:
    return scale.values.index(Decimal(reply)) if isinstance(reply, int) else -1


def drawn_items(
    seed: int, *, n_items: int = 60, n_posts: int = 12, repeats: int = 1, experts: int = 2, top: int = 5
) -> list[Item]:
    """Return items whose judge and experts see something of the same quality."""
    draw = np.random.default_rng(seed)
    quality = draw.integers(1, top + 1, size=n_items)

    def scores(of: int, n: int) -> list[int]:
        noise: IntArray = draw.integers(-1, 2, size=n)
        return np.clip(of + noise, 1, top).tolist()

    return [
        Item(int(place % n_posts), scores(int(of), repeats), scores(int(of), experts))
        for place, of in enumerate(quality)
    ]
