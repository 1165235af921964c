"""What changed between two versions, word by word: added, removed, or the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from generation.constitution import Constitution, DimensionText
from generation.prompt_set import PromptSet, Wording

# Above this many words difflib may leave out the commonest ones, else a long text takes it minutes.
_MANY_WORDS = 2_000
_WORD = re.compile(r"\s+|[^\s\w]+|\w+")


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A stretch of text and what became of it; the pieces of a text stand in reading order."""

    change: Change
    text: str


@dataclass(frozen=True)
class FieldDiff:
    """One field of a dimension, or one wording."""

    field: str
    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        return any(piece.change is not Change.SAME for piece in self.pieces)


@dataclass(frozen=True)
class DimensionDiff:
    """One dimension; change says what became of the dimension as a whole."""

    name: str
    change: Change
    fields: tuple[FieldDiff, ...]

    @property
    def changed_fields(self) -> tuple[FieldDiff, ...]:
        return tuple(field for field in self.fields if field.is_changed)


def diff_texts(before: str, after: str) -> tuple[Piece, ...]:
    """Compare word by word; spaces, line ends and signs count as words."""
    if before == after:
        return (Piece(Change.SAME, before),) if before else ()
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > _MANY_WORDS)
    pieces = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece(Change.SAME, "".join(old[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(Piece(Change.REMOVED, "".join(old[i1:i2])))
        if j1 < j2:
            pieces.append(Piece(Change.ADDED, "".join(new[j1:j2])))
    return _whole_phrases(pieces)


def diff_constitutions(before: Constitution, after: Constitution) -> tuple[DimensionDiff, ...]:
    """Compare dimension by dimension: the later version's in their order, then those it lacks.

    A dimension is the same one if its key is, or else its number.
    """
    left = {dimension.key: dimension for dimension in before.dimensions}
    pairs: list[tuple[DimensionText | None, DimensionText]] = [
        (left.pop(dimension.key, None), dimension) for dimension in after.dimensions
    ]
    by_number = {dimension.number: dimension for dimension in left.values()}
    diffs = []
    for old, new in pairs:
        earlier = old or by_number.pop(new.number, None)
        diffs.append(_diff_dimension(earlier, new))
    return (*diffs, *(_diff_dimension(old, None) for old in by_number.values()))


def diff_prompt_sets(before: PromptSet, after: PromptSet) -> tuple[FieldDiff, ...]:
    return tuple(
        FieldDiff(wording.value, diff_texts(getattr(before, wording.value), getattr(after, wording.value)))
        for wording in Wording
    )


def _diff_dimension(old: DimensionText | None, new: DimensionText | None) -> DimensionDiff:
    change = Change.ADDED if old is None else Change.SAME if new else Change.REMOVED
    before, after = _texts(old), _texts(new)
    fields = tuple(
        FieldDiff(field, diff_texts(before.get(field, ""), after.get(field, ""))) for field in after or before
    )
    named = new or old
    return DimensionDiff(name=named.name if named else "", change=change, fields=fields)


def _texts(dimension: DimensionText | None) -> dict[str, str]:
    if dimension is None:
        return {}
    return {
        "number": str(dimension.number),
        "key": dimension.key,
        "name": dimension.name,
        "aim": dimension.aim,
        "appraisal_question": dimension.appraisal_question,
        "guidance": dimension.guidance,
        "standards": "\n".join(dimension.standards),
    }


def _whole_phrases(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Join changes that only a space keeps apart: one changed phrase reads better than single words."""
    joined: list[Piece] = []
    removed = added = ""
    for position, piece in enumerate(pieces):
        between_changes = piece.text == " " and (removed or added) and position + 1 < len(pieces)
        if piece.change is Change.REMOVED:
            removed += piece.text
        elif piece.change is Change.ADDED:
            added += piece.text
        elif between_changes:
            removed, added = removed + " ", added + " "
        else:
            joined += [*_changes(removed, added), piece]
            removed = added = ""
    return (*joined, *_changes(removed, added))


def _changes(removed: str, added: str) -> list[Piece]:
    pieces = []
    if removed:
        pieces.append(Piece(Change.REMOVED, removed))
    if added:
        pieces.append(Piece(Change.ADDED, added))
    return pieces
