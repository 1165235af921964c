"""Which points of the scale a text names at all, and what of a text only describes the scale."""

import re
from decimal import Decimal

from annotation.judging.reading import Reason
from annotation.judging.scale import Point, Scale, plain_words
from annotation.judging.statement import sentences
from annotation.judging.value import NUMBER

_RANGE = re.compile(
    rf"(?P<scale>\bscale\s+(?:\w+\s+){{0,3}}?)?(?:\(|\b(?:from|of)\s+)?\b(?P<low>{NUMBER})\s*(?:to|through|-|–|—)\s*"
    rf"(?P<high>{NUMBER})\b\)?",
    re.IGNORECASE,
)
_ANCHOR = re.compile(
    rf",?\s*(?:\b(?:where|with|and)\s|\()\s*(?P<end>{NUMBER})\s+"
    r"(?:stands?\s+for|being|is|means|meaning|represents?|representing|indicates)\s+(?:the\s+)?"
    r"(?:[\"“][^\"”\n]{0,60}[\"”]|[a-z][^,.;()0-9\n]{0,60}?(?=\s+and\s+[0-9]|[,.;)]))",
    re.IGNORECASE,
)
_OUT_OF = re.compile(rf"(?<=[0-9])(?P<sign>\W*)(?:/|\bout\s+of)\s*(?P<high>{NUMBER})\b", re.IGNORECASE)
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_POLAR = frozenset({"yes", "no"})


def without_scale(text: str, scale: Scale) -> str | None:
    """Return the text less what it says of the scale itself; None where that is another scale."""
    if scale.ends is None:
        return text
    low, high = scale.ends
    ranges = list(_RANGE.finditer(text))
    is_of_scale = {match.span(): _ends(match) == (low, high) for match in ranges}
    if any(match["scale"] and not is_of_scale[match.span()] for match in ranges):
        return None
    text = _RANGE.sub(lambda match: match["scale"] or " " if is_of_scale[match.span()] else match[0], text)
    if any(Decimal(match["end"]) not in (low, high) for match in _ANCHOR.finditer(text)):
        return None
    text = _ANCHOR.sub("", text)
    return _OUT_OF.sub(lambda match: match["sign"] if Decimal(match["high"]) == high else match[0], text)


def _ends(match: re.Match[str]) -> tuple[Decimal, Decimal]:
    return Decimal(match["low"]), Decimal(match["high"])


def mentioned_points(text: str, scale: Scale) -> set[Point | Reason]:
    """Return all points whose number or label stands anywhere in the text; OFF_SCALE for a 3.5 between.

    Yes and No are words of every prose: they count only where they open a sentence.
    """
    named: set[Point | Reason] = set()
    if scale.ends is not None:
        low, high = scale.ends
        for number in map(Decimal, _NUMBERS.findall(text)):
            if low <= number <= high:
                named.add(scale.numbers.get(number, Reason.OFF_SCALE))
    for match in scale.words.finditer(text):
        if plain_words(match[0]) not in _POLAR:
            named.add(scale.labels[plain_words(match[0])])
    for sentence in sentences(text):
        first = scale.words.match(sentence.lstrip("\"'“‘*_([ "))
        if first:
            named.add(scale.labels[plain_words(first[0])])
    return named
