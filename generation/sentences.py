"""Where a sentence ends, for the stopping rule and the checks on texts."""

import re

# A full stop, question or exclamation mark, then closing quotes or brackets. Three dots are a pause.
_END = re.compile(r"(?<!\.)[.!?]+[\"'”’)\]*]*$")
# "1." opens a list item and may be half of "1.5"; "e.g.", "Dr." and initials go on.
_NO_END = re.compile(r"(\d|\b(?:mr|mrs|ms|dr|st|vs|etc|e\.g|i\.e|a\.m|p\.m|[a-z]))\.$", re.IGNORECASE)
_BETWEEN = re.compile(r"(?<=[.!?])[\"'”’)\]*]*\s+|\n+")


def ends_sentence(text: str) -> bool:
    """Whether a text could end here: a complete sentence, with every quotation closed."""
    text = text.rstrip()
    if not _END.search(text) or text.endswith("..") or _NO_END.search(text):
        return False
    return (
        text.count('"') % 2 == 0 and text.count("“") <= text.count("”") and text.count("(") <= text.count(")")
    )


def split_sentences(text: str) -> list[str]:
    """Cut a text at its sentence ends and line breaks; good enough to compare sentences with each other."""
    return [piece.strip() for piece in _BETWEEN.split(text) if piece.strip()]
