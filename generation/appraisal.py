"""Does a text rate the situation, as an appraisal does, where a reappraisal was asked for?"""

import re

_FIGURE = r"(?:[1-9]|10)(?:\.\d)?"

# A list of advice begins with 1, so "1." alone is no figure; "3 things" and "5-minute walks" are none either.
_STARTS = (
    rf"{_FIGURE}\s*(?:/|out of)\s*\d+\b",  # 7/9
    rf"{_FIGURE}\W*(?:\n|$)",  # 7, and the reason on the next line
    r"(?:[2-9]|10)(?:\.\d)?\s*[.,:;)\]–—-]\s",  # 7 - because
    r"(?-i:NA|N\.A\.)(?!\w)|n/a\b|not applicable\b",
    r"(?:appraisal|rationale|explanation|likert(?:[ -]scale)?(?: rating| score)?)\s*\W?:",
    rf"(?:(?:my|the) )?(?:likert|rating|score)(?:[ -]scale)?(?: rating| score| is)?\W{{1,5}}{_FIGURE}\b",
    r"(?:likert|rating|score)\W{1,5}n/?a\b",
)
# Advice to rate one's own feelings ("rate your anger from 1 to 10") is no appraisal.
_PHRASES = (
    rf"\bi(?:['’]d| would| will| can)? (?:rate|score|appraise)d?\b[^.!?\n]{{0,200}}\b{_FIGURE}(?!\w)",
    rf"\b(?:rating|score)(?: would be| is| of|:)\W{{1,3}}{_FIGURE}(?!\w)",
    rf"\b{_FIGURE}(?:/9\b| out of (?:9|nine)\b)",
    r"\b1 ?(?:-|–|to) ?9\b",
    r"\blikert\b",
)
_START = re.compile(rf"\W*(?:{'|'.join(_STARTS)})", re.IGNORECASE)
_PHRASE = re.compile("|".join(_PHRASES), re.IGNORECASE)


def reads_as_appraisal(text: str) -> bool:
    """Say whether the text begins with a rating or its reason, or gives one in its course."""
    return bool(_START.match(text) or _PHRASE.search(text))
