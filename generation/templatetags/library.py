"""Names of fields and wordings as people read them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from django.template import Library

from generation.prompt_set import Wording
from generation.version_diff import Change, Piece
from generation.wording_labels import LABELS

register = Library()

_FIELDS = {
    "number": "Number",
    "key": "Short name",
    "name": "Name",
    "aim": "Aim",
    "appraisal_question": "Appraisal question",
    "guidance": "Guidance",
    "standards": "Standards",
}


@register.filter
def field_label(field: str) -> str:
    """Return the label of a dimension's field."""
    return _FIELDS[field]


@register.filter
def wording_label(key: str) -> str:
    """Return the label of a wording, by its key in a prompt set."""
    return LABELS[Wording(key)]


@register.filter
def with_signs(pieces: Sequence[Piece]) -> list[Piece]:
    """Put signs where a change would not be seen: in one of white space alone, and at a text's end."""
    shown = list(pieces)
    for position, piece in enumerate(shown):
        if piece.change is not Change.SAME:
            ends = all(later.change is not Change.SAME for later in shown[position:])
            shown[position] = replace(piece, text=_signed(piece.text, at_end=ends))
    return shown


def _signed(text: str, *, at_end: bool) -> str:
    if all(character.isspace() or not character.isprintable() for character in text):
        return "".join(map(_sign, text))
    return re.sub(r"\s+\Z", lambda match: "".join(map(_sign, match[0])), text) if at_end else text


def _sign(character: str) -> str:
    """Return a dot for a space, an arrow at a line's end, and the number of whatever else cannot be seen."""
    known = {" ": "·", "\n": "↵\n", "\t": "⇥\t"}
    return known.get(character, f"[U+{ord(character):04X}]")
