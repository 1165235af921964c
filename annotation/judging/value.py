"""Read a text that is a value and nothing else: what stands in a score tag, or is the whole reply."""

import re
from decimal import Decimal

from annotation.judging.reading import Reason
from annotation.judging.scale import Point, Scale, plain_words

NUMBER = r"(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,4})?"
_OPENS, _CLOSES = " \t\r\n\"'`*_[({#“‘«", " \t\r\n\"'`*_])}”’».!,;"
_NAMED = re.compile(
    r"(?:(?:the|my|your|final|overall|likert|empathy|alignment|harmfulness|factuality)\s+)*"
    r"[\[*_\"]*(?:score|rating|likert|answer|verdict)[\]*_\"]*\s*(?:[:=]|\bis\b|\n|(?=[0-9]))[\s*_]*",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"({NUMBER})(?:\s*[)\]*_\"']*\s*(?:/|\(?out of|of)\s*({NUMBER}))?(?:\s+points?)?")
_NUMERIC = re.compile(r"[-+.,/0-9\s~–—]*[0-9][-+.,/0-9\s~–—]*")
_NOT_APPLICABLE = frozenset({"na", "n a", "not applicable"})


def read_value(text: str, scale: Scale) -> Point | Reason | None:
    """Return the point that the text is; why it is none where it is a value; None where it is no value.

    Quotation marks, brackets, emphasis and a final full stop around the value are no part of it, and "Score:"
    or the like may stand before. A number may name the scale's highest one: 4/5, 4 out of 5.
    """
    bare = text.lstrip(_OPENS).rstrip(_CLOSES)
    if not bare:
        return Reason.EMPTY
    named = _NAMED.match(bare)
    if named:
        bare = bare[named.end() :].lstrip(_OPENS)
    label = plain_words(bare) if len(bare) < 200 and _is_only_words(bare) else ""
    if label in scale.labels:
        return scale.labels[label]
    if label in _NOT_APPLICABLE:
        return Reason.SAYS_NOT_APPLICABLE
    alone = _ALONE.fullmatch(bare)
    if alone:
        return number_point(alone[1], alone[2], scale)
    if _NUMERIC.fullmatch(bare):
        return Reason.SEVERAL_VALUES if len(re.findall("[0-9]+", bare)) > 1 else Reason.OFF_SCALE
    return None


def number_point(number: str, highest: str | None, scale: Scale) -> Point | Reason:
    """Return the point of that value; highest is what the text says the scale ends with, None for nothing."""
    ends = scale.ends
    if ends is None:
        return Reason.OFF_SCALE
    if highest is not None and Decimal(highest) != ends[1]:
        return Reason.OTHER_SCALE
    return scale.numbers.get(Decimal(number), Reason.OFF_SCALE)


def _is_only_words(bare: str) -> bool:
    """Say whether only spaces, hyphens or slashes stand between words: no sign that changes their sense."""
    return re.fullmatch(r"\w+(?:[\s\-_/]+\w+)*", bare) is not None
