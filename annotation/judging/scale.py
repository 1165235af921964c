"""The scale that a judge was asked on, and the ways in which its points are written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache


@dataclass(frozen=True)
class Point:
    """One point of a criterion's scale, as ScalePoint; label may be empty."""

    key: str
    label: str
    value: Decimal


@dataclass(frozen=True, eq=False)
class Scale:
    """How a scale's points are named: by numbers where keys and values are the same ones, and by labels.

    Where they differ, as in "1 Not harmful" that counts 0, a number could mean two things, so none is read.
    labels are in plain form (`plain_words`); words finds each label of a text, the longest one first, so that
    "Not harmful" is never found as "Harmful".
    """

    numbers: Mapping[Decimal, Point]
    labels: Mapping[str, Point]
    words: re.Pattern[str]

    @property
    def ends(self) -> tuple[Decimal, Decimal] | None:
        return (min(self.numbers), max(self.numbers)) if self.numbers else None


def plain_words(text: str) -> str:
    """Return the words of a text in lower case with single spaces between, without any other sign."""
    return " ".join(re.findall(r"\w+", text.casefold()))


@lru_cache(maxsize=64)
def _scale(points: tuple[Point, ...]) -> Scale:
    is_numbered = all(_number(point.key) == point.value for point in points)
    labels = {plain_words(point.label): point for point in points if plain_words(point.label)}
    by_length = sorted(labels, key=len, reverse=True)
    words = "|".join(r"[\s\-_]+".join(map(re.escape, label.split())) for label in by_length)
    return Scale(
        numbers={point.value: point for point in points} if is_numbered else {},
        labels=labels,
        words=re.compile(rf"\b(?:{words})\b" if words else r"(?!)", re.IGNORECASE),
    )


def scale_of(points: Sequence[Point]) -> Scale:
    return _scale(tuple(points))


def _number(key: str) -> Decimal | None:
    try:
        return Decimal(key)
    except InvalidOperation:
        return None
