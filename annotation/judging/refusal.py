"""Tell replies that are no answer: what an API says instead of one, and a judge that declines."""

import re

_APOSTROPHE = "['’]"
_ERROR = re.compile(
    r"\s*(?:Error code: [0-9]{3}\b|(?-i:(?:[A-Za-z_]+\.)*[A-Za-z]+(?:Error|Exception)\s*[:(])"
    r"|Traceback \(most recent call|HTTP(?:/[0-9.]+)?(?: error)? [45][0-9]{2}\b"
    r"|[\[{]{1,2}\s*['\"]error['\"]\s*:"
    r"|(?:internal server|bad gateway|gateway time-?out|rate limit|service unavailable|request timed out)\b)",
    re.IGNORECASE,
)
_CANNOT = (
    rf"(?:can(?:no|{_APOSTROPHE})t|can not|won{_APOSTROPHE}t|will not|am unable to|{_APOSTROPHE}m unable to"
    rf"|am not able to|{_APOSTROPHE}m not able to|must decline to|decline to)"
)
_OF_TEXT = (
    r"(?:it|this|that|the|its|these|a|an|any|such|your)\b(?! (?:\w+ )?(?:higher|lower|more|less|above|below))"
)
_SCORE, _TEXT = r"(?:score|rating|evaluation|assessment)", r"(?:response|reappraisal|text)"
_DECLINED = re.compile(
    # I'm sorry, but I cannot help with that.
    rf"^\W*(?:(?:i{_APOSTROPHE}m|i am)\s+(?:\w+\s+)?sorry|sorry|apologies|i apologi[sz]e)\b"
    rf"[^.!?]*?\bi\s*{_CANNOT}\b"
    rf"|^\W*(?:as an ai\b[^.!?]*?|unfortunately,?\s+)?\bi\s*{_CANNOT}\s+(?:\w+\s+)?"
    rf"(?:assist|help|comply|fulfil|provide|rate|score|evaluate|assess|judge|give|assign)\b"
    # It is impossible to rate the response.
    rf"|\b(?:impossible|not possible|unable|{_CANNOT}|challenging|difficult)\s+(?:to\s+)?(?:\w+ly\s+)?"
    rf"(?:(?:rate|score|evaluate|assess)\s+{_OF_TEXT}"
    rf"|(?:provide|assign|give)\s+(?:an?|any|the)\s+(?:\w+\s+)?{_SCORE})"
    # Therefore, no rating can be given.
    rf"|\bno\s+{_SCORE}\s+can\s+be\b"
    # The response is missing. Please provide the response.
    rf"|\b{_TEXT}\s+(?:\w+\s+)?(?:is|was|has\s+been)\s+"
    rf"(?:not\s+(?:been\s+)?(?:provided|given|included)|missing|empty)\b"
    rf"|\b(?:please\s+provide|i\s+would\s+need\s+to\s+see|not\s+provided)\s+"
    rf"(?:an?|the)\s+(?:\w+\s+){{0,2}}{_TEXT}\b",
    re.IGNORECASE,
)


def is_error_text(text: str) -> bool:
    """Say whether a reply is an interface's error message: a content filter's or another."""
    return _ERROR.match(text) is not None or "content_filter" in text


def is_declined(text: str) -> bool:
    """Say whether a judge says that it cannot or will not score, or has nothing to score."""
    return _DECLINED.search(text) is not None
