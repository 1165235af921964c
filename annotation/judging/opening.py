"""Read a reply that opens with its value and goes on to speak of the text."""

import re
from dataclasses import dataclass

from annotation.judging.reading import Reason
from annotation.judging.scale import Point, Scale, plain_words
from annotation.judging.value import NUMBER, number_point

_OPENS, _CLOSES = r"[\s\"'“‘*_(\[]*", r"[\"'”’*_)\]]*"
_STOP = r"(?P<stop>\s*[.:;!,)–—]+\s*|\s+-+\s+|\s*\n\s*|\s+(?=because\b|as\b|since\b))"
_OF_TEXT = re.compile(
    r"\W*(?:(?:because|as|since|while|although|overall,?)\s+)?(?:the|this)\s+(?:\w+\s+){0,3}?"
    r"(?:response|reappraisal|text|reply|comment|answer)\b",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"n['’]t\b|\b(?:not|never|no|nor|none|nothing|neither|without|but|however|although|though|except|cannot"
    r"|lacks?|fails?|free|hardly|barely|scarcely|rarely|seldom)\b",
    re.IGNORECASE,
)
_FIRST_SENTENCE = re.compile(r"[^.!?\n]*")


@dataclass(frozen=True)
class Opening:
    """The value that a reply opens with, or why it is none, and what follows."""

    value: Point | Reason
    rest: str


def opening_value(text: str, scale: Scale) -> Opening | None:
    """Return what the reply opens with; None where that is no value, or it goes on about something else."""
    match = re.match(
        rf"{_OPENS}(?:(?P<number>{NUMBER})(?![0-9])(?:\s*(?:/|out\s+of)\s*(?P<highest>{NUMBER}))?"
        rf"|(?P<label>{scale.words.pattern})){_CLOSES}{_STOP}",
        text,
        re.IGNORECASE,
    )
    if match is None:
        return None
    rest = text[match.end() :]
    if not _OF_TEXT.match(rest):
        return None
    if match["number"]:
        return Opening(number_point(match["number"], match["highest"], scale), rest.strip())
    sentence = _FIRST_SENTENCE.match(rest)
    goes_on = "." not in match["stop"] and "!" not in match["stop"] and "\n" not in match["stop"]
    if goes_on and sentence and _TURNS.search(sentence[0]):
        return None
    return Opening(scale.labels[plain_words(match["label"])], rest.strip())
