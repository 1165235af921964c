"""How alike two texts are: by the runs of words that they share, whatever their case and punctuation."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

# Runs of three words keep the word order, and one changed word breaks only three of them.
SHINGLE_WORDS = 3
# Jaccard index of the two sets of runs. Texts of different conditions for one post share at most 0.17 in the
# authors' release and 0.27 in the example study; a text with every twentieth word changed keeps 0.74. At 0.7
# a rater would say that she has read it before. Containment is not asked for: a text that takes up a shorter
# one and doubles it is another text.
NEAR_DUPLICATE_FROM = 0.7

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """Return the text's words in lower case, apostrophes straight."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def word_runs(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """Yield every stretch of that many words in a row; none where the text is shorter."""
    return zip(*(words[start:] for start in range(length)), strict=False)


def similarity(text: str, other: str) -> float:
    """Return the share of the two texts' runs of words that both have, 0 to 1."""
    mine, theirs = _shingles(text), _shingles(other)
    if not mine or not theirs:
        return 0.0
    shared = len(mine & theirs)
    return shared / (len(mine) + len(theirs) - shared)


def find_near_duplicate(text: str, others: Sequence[str]) -> int | None:
    """Return the place of the first of the others that is nearly the same text; None where there is none."""
    return next((place for place, other in enumerate(others) if _is_near(text, other)), None)


def is_near_duplicate(text: str, others: Iterable[str]) -> bool:
    """Say whether one of the others is nearly the same text."""
    return any(_is_near(text, other) for other in others)


def _is_near(text: str, other: str) -> bool:
    mine, theirs = len(_shingles(text)), len(_shingles(other))
    # Sets of too different size cannot be alike enough, whatever they hold: this spares most comparisons.
    return min(mine, theirs) >= NEAR_DUPLICATE_FROM * max(mine, theirs) and (
        similarity(text, other) >= NEAR_DUPLICATE_FROM
    )


@lru_cache(maxsize=1024)  # a post's texts are compared again each time that one joins them; about 10 KB each
def _shingles(text: str) -> frozenset[int]:
    """Return the hashes of the text's runs; where it is shorter than a run, the hash of all its words."""
    words = words_of(text)
    if not words:
        return frozenset()
    return frozenset(hash(run) for run in word_runs(words, min(SHINGLE_WORDS, len(words))))
