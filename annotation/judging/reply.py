"""Read a judge's reply as a careful person would, and never guess.

A reply is read by its form, the clearest form first, and only where it names one point of the scale:

1. A score tag, `<score>8</score>` or `<likert>`, decides alone; what stands around it, the rationale most of
   all, is not looked at. Tags that differ, or hold no value, leave the reply unreadable.
2. The value alone: `8`, `4.0`, `"Not Harmful"`, `Score: 4`, `4/5`. A rationale that is marked as one, by its
   tag or by "Rationale:" at the beginning of a line or sentence, is put aside first.
3. An opening: the value, a stop, and then words about the text: "4. The response shows ...", "Yes, the
   response ...". Words about anything else may be an answer to the post ("1. Take a break", "Yes, you are
   right") and are not read. After "Yes," or "No," in the same sentence a negation or an exception leaves the
   reply unreadable: "No, the response has no errors" may mean either.
4. One sentence that states it: `annotation.judging.statement`.

In 3 and 4 no other point may be named anywhere: two numbers of the scale are no score, whichever is stated.
The scale itself ("on a scale of 1 to 5, where 1 stands for ...") is no such number, unless it is another
scale. Labels are compared by their words alone, longest first, so "Not harmful" is never "Harmful". Numbers
on a scale of labels are not read: the key of one point is the value of another.
"""

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from annotation.judging.mentions import mentioned_points, without_scale
from annotation.judging.opening import opening_value
from annotation.judging.reading import ReadScore, Reason
from annotation.judging.refusal import is_declined, is_error_text
from annotation.judging.scale import Point, Scale, scale_of
from annotation.judging.statement import stated_values
from annotation.judging.value import read_value

Json = Any
# A longer text is an essay and not a rating; reading one sentence by sentence could take long.
LONGEST = 20_000
SHORT = 40

_TAG = re.compile(r"<\s*(?:score|likert|rating)\s*>([^<]*)", re.IGNORECASE)
_RATIONALE = re.compile(
    r"<\s*rationale\s*>([^<]*(?:<(?!\s*/\s*rationale\s*>)[^<]*)*)(?:<\s*/\s*rationale\s*>|\Z)", re.IGNORECASE
)
_MARKED = re.compile(
    r"(?:^|(?<=[.!\]])|(?<=[.!\]0-9]\s))[\[*_#\s]*(?:rationale|reason(?:ing)?|explanation|justification)[\]*_]*\s*[:\]]"
    r"(.*?)(?=^[\s\[*_#]*(?:final\s+|overall\s+)?(?:score|rating)\b[^\n]*$|\Z)",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)


def read_reply(raw: Json, points: Sequence[Point] | Scale) -> ReadScore:
    """Return the score that a judge's reply states, or why none is read from it.

    raw is any JSON value. Whoever reads many replies makes the scale once, with `scale_of`.
    """
    scale = points if isinstance(points, Scale) else scale_of(points)
    if raw is None:
        return ReadScore(Reason.EMPTY)
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return ReadScore(Reason.NO_TEXT)
    if isinstance(raw, str):
        return _read_text(raw, scale) if len(raw) > SHORT else _read_short(raw, scale)
    if isinstance(raw, float) and not math.isfinite(raw):
        return ReadScore(Reason.NO_TEXT)
    return _of_value(scale.numbers.get(Decimal(repr(raw)), Reason.OFF_SCALE), Reason.VALUE_ALONE)


@lru_cache(maxsize=4096)
def _read_short(text: str, scale: Scale) -> ReadScore:
    """Read a reply as thousands of others are: most judges say little more than the value."""
    return _read_text(text, scale)


def _read_text(text: str, scale: Scale) -> ReadScore:
    tags = _TAG.findall(text)
    if tags:
        values = {read_value(tag, scale) or Reason.NO_VALUE for tag in tags}
        one = values.pop() if len(values) == 1 else Reason.SEVERAL_VALUES
        return _of_value(one, Reason.TAGGED, _rationale(text)[1])
    head, rationale = _rationale(text)
    value = read_value(head, scale)
    if value is not None:
        return _of_value(value, Reason.VALUE_ALONE, rationale)
    if is_error_text(text):
        return ReadScore(Reason.ERROR_TEXT)
    if len(head) > LONGEST:
        return ReadScore(Reason.NOT_STATED)
    return _read_sentences(head, rationale, scale)


def _read_sentences(head: str, rationale: str, scale: Scale) -> ReadScore:
    plain = without_scale(head, scale)
    if plain is None:
        return ReadScore(Reason.DECLINED if is_declined(head) else Reason.OTHER_SCALE)
    stated = set(stated_values(plain, scale))
    opening = opening_value(plain, scale)
    mentioned = mentioned_points(plain, scale)
    found = stated | ({opening.value} if opening else set())
    if len(found | mentioned) > 1:
        return ReadScore(Reason.SEVERAL_VALUES)
    if found:
        reason = Reason.OPENING if opening else Reason.STATED
        return _of_value(found.pop(), reason, rationale or (opening.rest if opening else ""))
    if mentioned:
        return ReadScore(Reason.NOT_STATED)
    return ReadScore(Reason.DECLINED if is_declined(head) else Reason.NO_VALUE)


def _rationale(text: str) -> tuple[str, str]:
    """Return the text without its marked rationale, and that rationale."""
    for pattern in (_RATIONALE, _MARKED):
        found = [match.strip().strip("[]").strip() for match in pattern.findall(text)]
        if found:
            return pattern.sub(" ", text), "\n".join(filter(None, found))
    return text, ""


def _of_value(value: Point | Reason, reason: Reason, rationale: str = "") -> ReadScore:
    return (
        ReadScore(reason, value, rationale) if isinstance(value, Point) else ReadScore(value, None, rationale)
    )
