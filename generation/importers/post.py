"""Read a file of posts, CSV or JSONL. A file with a single problem gives no posts, only all its problems."""

from dataclasses import dataclass
from typing import BinaryIO

from generation.domain.post import PostDraft
from generation.importers.post_records import LineProblem, Records
from generation.importers.record_file import (
    MAX_BYTES,
    Column,
    RecordFileError,
    other_columns,
    read_records,
    take_value,
)

__all__ = ["MAX_BYTES", "MAX_POSTS", "PostFile", "PostFileError", "read_post_file", "read_posts"]

MAX_POSTS = 5_000
# The lengths of id, area and content note are the sizes of their columns in the database.
_COLUMNS = (
    Column("text", 20_000, is_text=True, is_required=True),
    Column("id", 100, takes_numbers=True),
    Column("area", 100),
    Column("content_note", 200),
)


class PostFileError(RecordFileError):
    """A file from which no posts can be read."""


@dataclass(frozen=True)
class PostFile:
    """The posts of a file, and the columns or fields that mean nothing here and were left out."""

    drafts: list[PostDraft]
    ignored_columns: tuple[str, ...]


def read_posts(file: BinaryIO, *, name: str) -> list[PostDraft]:
    """Return the posts of a CSV or JSONL file, in its order. Raises PostFileError."""
    return read_post_file(file, name=name).drafts


def read_post_file(file: BinaryIO, *, name: str) -> PostFile:
    """Read the file; name tells its format by its ending. Raises PostFileError.

    Line ends inside a text become newlines, white space around a value goes. Posts without an id are called
    post-1, post-2 and so on by their place in the file.
    """
    records = read_records(file, name=name, columns=_COLUMNS, noun="post", most=MAX_POSTS)
    drafts = _drafts(records)
    if records.problems:
        raise PostFileError(records.problems)
    return PostFile(drafts, other_columns(records, _COLUMNS))


def _drafts(records: Records) -> list[PostDraft]:
    """Turn records into drafts, noting what is wrong with each; the drafts count only if nothing is."""
    lines_of_ids: dict[str, int] = {}
    lines_of_texts: dict[str, int] = {}
    drafts = []
    for record in records.found:
        values = {column.name: take_value(record, column, records.problems) for column in _COLUMNS}
        for field, lines in (("id", lines_of_ids), ("text", lines_of_texts)):
            if values[field] and lines.setdefault(values[field], record.line) != record.line:
                message = f"The {field} is the same as on line {lines[values[field]]}."
                records.problems.append(LineProblem(record.line, message))
        drafts.append(values)
    taken = set(lines_of_ids)
    return [
        PostDraft(
            key=values["id"] or _free_key(place, taken),
            text=values["text"],
            area=values["area"],
            content_note=values["content_note"],
        )
        for place, values in enumerate(drafts, start=1)
    ]


def _free_key(place: int, taken: set[str]) -> str:
    while (key := f"post-{place}") in taken:
        place += 1
    taken.add(key)
    return key
