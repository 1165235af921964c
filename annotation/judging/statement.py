"""Find the sentences in which a judge states its score: by their grammar, never by a number alone."""

import re
from collections.abc import Iterator
from functools import lru_cache

from annotation.judging.reading import Reason
from annotation.judging.scale import Point, Scale, plain_words
from annotation.judging.value import NUMBER, number_point

_WORD = r"[A-Za-z][A-Za-z'’/-]*"
_TEXT = r"(?:response|reappraisal|text|reply|comment|answer)"
_SCORE = r"(?:score|rating|verdict|assessment|evaluation|judg(?:e)?ment|classification)"
_OF_SCORE = (
    r"(?:overall|final|appropriate|corresponding|given|assigned|likert"
    r"|empathy|alignment|harmfulness|harm|factuality)"
)
_ARTICLE = r"(?:an?\s+|the\s+)?(?:(?:score|rating|level)\s+(?:of\s+)?)?(?:an?\s+)?"
_GRADED = r"(?:rated|scored|graded|given|assigned|classified|labell?ed)"
_SUBJECTS = (
    # I would rate the response (as) a 4.
    rf"i(?:\s+(?:would|will)|['’]d|['’]ll)?\s+(?:rate|score|grade|give|assign|classify|label|judge)\s+"
    rf"(?=(?:{_WORD}\s+){{0,12}}?(?:it|this|{_TEXT})\b)(?:{_WORD}\s+){{1,14}}?(?:(?:as|at|with|to\s+be)\s+)?{_ARTICLE}",
    # The final score for the response is 4.
    rf"(?:the|my|this|its)\s+(?:{_OF_SCORE}\s+){{0,3}}{_SCORE}"
    rf"(?:\s+(?:for|of|on|to)\s+(?:{_WORD}\s+){{0,6}}?(?:{_TEXT}|scale|empathy)(?:\s+{_WORD}){{0,6}}?)?"
    rf"\s*,?\s+(?:is|would\s+be|will\s+be)\s*:?\s+{_ARTICLE}",
    # The empathy level of the response is 4.
    rf"the\s+(?:{_OF_SCORE}\s+)?level\s+of\s+(?:the|this)\s+(?:{_WORD}\s+){{0,2}}?{_TEXT}\s+(?:is|would\s+be)\s+{_ARTICLE}",
    # The response is (rated as) a 4.
    rf"(?:the|this)\s+(?:{_WORD}\s+){{0,3}}?{_TEXT}\s+(?:(?:is|would\s+be)\s+(?:{_GRADED}\s+)?(?:(?:as|at)\s+)?"
    rf"|(?:gets|receives|deserves|earns|scores)\s+){_ARTICLE}",
    # It would be rated a 4. It deserves a 4.
    rf"it\s+(?:(?:is|would\s+be)\s+{_GRADED}\s+(?:(?:as|at)\s+)?|(?:gets|receives|deserves|earns)\s+(?=an?\s)){_ARTICLE}",
)
_LEAD_IN = r"(?:[^,;:\n]*(?:,[^,;:\n]*)*?,\s+|(?:therefore|thus|hence|so|overall)\s+)?"
_NAMED = rf"(?:{_OF_SCORE}\s+)*(?:score|rating)\s*(?::|=)\s*"
_OPENS, _CLOSES = r"[\"'“‘*_(\[]*", r"[\"'”’*_)\]]*"
_HEDGED = re.compile(
    r"n['’]t\b|\b(?:not|never|no|none|nothing|nobody|nor|neither|without|anything|far|free|hardly|barely|scarcely"
    r"|slightly|somewhat|potentially|less|more|either|cannot|least|most|almost|nearly|about|around|approximately"
    r"|roughly|than|above|below|under|over|between|first|second|another|other|instead|maybe|perhaps|possibly|if"
    r"|unless|might|may|could|should|had|was|were|before|originally|previously|up)\b",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|whether|suppose|imagine|had|were|would have|might|may)\b", re.IGNORECASE
)
_AFTER_NUMBER = re.compile(
    r"\s*(?:$|[.;:!)\-–—]\s|[.;:!)]+$|,(?!\s*(?:[0-9]|or|maybe|perhaps|possibly|if|unless|to|but|up)\b)"
    r"|(?:for|in\s+terms|on|because|as|since|due|indicating|meaning|with|overall|based|given|\(|[\"“])(?:\s|\b))",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(r"(?<![\w-])[0-9]")
_AFTER_LABEL = re.compile(r"\s*(?:$|[.;:!)\-–—]\s|[.;:!)]+$|,|(?:because|as|since|due)\s)", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")


def sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCES.split(text) if sentence.strip()]


def stated_values(text: str, scale: Scale) -> Iterator[Point | Reason]:
    """Yield what each sentence that states a score states: a point, or why its value is none.

    Such a sentence has the judge as its subject ("I would rate it a 4"), or the text ("The response is rated
    as 4"), or the score ("The score is 4"), and the value right behind; a lead-in up to a comma may come
    before. A question, a supposition ("if"), a hedge ("at least", "almost") and a negation state nothing.
    """
    value = _value_pattern(scale.words.pattern)
    for sentence in sentences(text):
        match = value.match(sentence)
        if match and not sentence.endswith("?"):
            found = _stated(match, sentence, scale)
            if found is not None:
                yield found


@lru_cache(maxsize=64)
def _value_pattern(labels: str) -> re.Pattern[str]:
    return re.compile(
        rf"\W*(?P<before>{_LEAD_IN})(?P<clause>{'|'.join((*_SUBJECTS, _NAMED))}){_OPENS}"
        rf"(?:(?P<number>{NUMBER})(?![0-9.]*[0-9])(?:{_CLOSES}\s*(?:/|out\s+of)\s*(?P<highest>{NUMBER}))?"
        rf"|(?P<label>{labels})){_CLOSES}",
        re.IGNORECASE,
    )


def _stated(match: re.Match[str], sentence: str, scale: Scale) -> Point | Reason | None:
    rest = sentence[match.end() :]
    if _HEDGED.search(match["clause"]) or _SUPPOSED.search(match["before"]) or _SUPPOSED.search(rest):
        return None
    if match["label"]:
        is_plain = _AFTER_LABEL.match(rest) and not _HEDGED.search(rest)
        return scale.labels[plain_words(match["label"])] if is_plain else None
    if not _AFTER_NUMBER.match(rest):
        return None
    if _OTHER_NUMBER.search(rest):
        return Reason.SEVERAL_VALUES
    return number_point(match["number"], match["highest"], scale)
