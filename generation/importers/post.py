"""Read a file of posts, CSV or JSONL. A file with a single problem gives no posts, only all its problems."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from generation.domain.post import PostDraft
from generation.importers.post_records import LineProblem, Record, Records, read_csv, read_jsonl

MAX_BYTES = 5 * 1024 * 1024
MAX_POSTS = 5_000
MAX_SHOWN = 20
# In characters; those of id, area and content note are the sizes of their columns.
MAX_LENGTHS = {"text": 20_000, "id": 100, "area": 100, "content_note": 200}

_FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_LINE_END = re.compile(r"\r\n?")


class PostFileError(ValueError):
    """A file from which no posts can be read; holds every problem in the order of the lines.

    No message repeats a word of the file: it may be of a post.
    """

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """The problems in words, the first twenty, and how many more there are."""
        shown = [str(problem) for problem in self.problems[:MAX_SHOWN]]
        if (others := len(self.problems) - MAX_SHOWN) > 0:
            shown.append(f"And {others:,} more problem{'s' if others > 1 else ''}.")
        return shown


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
    extension = next((ending for ending in _FORMATS if name.lower().endswith(ending)), None)
    if extension is None:
        raise PostFileError([LineProblem(None, "The file's name must end in .csv or .jsonl.")])
    text = _decode(file.read(MAX_BYTES + 1))
    if not text.strip():
        raise PostFileError([LineProblem(None, "The file is empty.")])
    if _FORMATS[extension] == "csv":
        records = read_csv(text, required="text", most=MAX_POSTS)
    else:
        records = read_jsonl(text, most=MAX_POSTS)
    drafts = _drafts(records)
    if len(records.found) > MAX_POSTS:
        records.problems.append(LineProblem(None, f"The file has more than {MAX_POSTS:,} posts."))
    if not records.found and not records.problems:
        records.problems.append(LineProblem(None, "The file names its columns, but holds no post."))
    if records.problems:
        raise PostFileError(records.problems)
    columns = {column for record in records.found for column in record.values}
    return PostFile(drafts, tuple(sorted(_printable(name) for name in columns - set(MAX_LENGTHS) if name)))


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise PostFileError([LineProblem(None, f"The file is larger than {limit} MB.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = (
            "The file is not in UTF-8 here. Save it as UTF-8; Excel calls this 'CSV UTF-8 (Comma delimited)'."
        )
        raise PostFileError([LineProblem(line, message)]) from error


def _drafts(records: Records) -> list[PostDraft]:
    """Turn records into drafts, noting what is wrong with each; the drafts count only if nothing is."""
    lines_of_ids: dict[str, int] = {}
    lines_of_texts: dict[str, int] = {}
    drafts = []
    for record in records.found:
        values = {field: _value(record, field, records.problems) for field in MAX_LENGTHS}
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


def _value(record: Record, field: str, problems: list[LineProblem]) -> str:
    """Return the field as text, "" where it is missing or wrong; a wrong one is noted."""
    raw = record.values.get(field)
    if field == "id" and isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if raw is not None and not isinstance(raw, str):
        wanted = "text or a whole number" if field == "id" else "text"
        problems.append(LineProblem(record.line, f"The {_label(field)} must be {wanted}."))
        return ""
    value = _LINE_END.sub("\n", raw or "").strip()
    if complaint := _complaint(field, value):
        problems.append(LineProblem(record.line, complaint))
        return ""
    return value


def _complaint(field: str, value: str) -> str:
    """Say what is wrong with a value, "" if nothing is."""
    label = _label(field)
    if any(unicodedata.category(character) == "Cs" for character in value):
        return f"The {label} holds half of a character (a lone surrogate)."
    allowed = "\n\t" if field == "text" else ""
    if any(unicodedata.category(character) == "Cc" and character not in allowed for character in value):
        if field == "text":
            return "The text holds a control character; the file may have been saved in the wrong encoding."
        return f"The {label} holds a line break or another control character."
    if field == "text" and not value:
        return "The text is missing or empty."
    if field == "text" and not any(character.isalnum() for character in value):
        return "The text has no words."
    if len(value) > MAX_LENGTHS[field]:
        return f"The {label} has {len(value):,} characters; at most {MAX_LENGTHS[field]:,} are allowed."
    return ""


def _label(field: str) -> str:
    return field.replace("_", " ")


def _free_key(place: int, taken: set[str]) -> str:
    while (key := f"post-{place}") in taken:
        place += 1
    taken.add(key)
    return key


def _printable(name: str) -> str:
    """Shorten a column's name to what can stand in a sentence."""
    return "".join(character if character.isprintable() else "?" for character in name)[:40]
