"""Read a CSV or JSONL file into records and their values; what the columns are for is not known here."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from generation.importers.post_records import LineProblem, Record, Records, read_csv, read_jsonl

MAX_BYTES = 5 * 1024 * 1024
MAX_SHOWN = 20

_FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_LINE_END = re.compile(r"\r\n?")


class RecordFileError(ValueError):
    """A file that cannot be taken in; holds every problem in the order of the lines.

    No message repeats a word of the file: it may be of a post or a response.
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
class Column:
    """What a column may hold: a text of several lines with words in it, or else a single line."""

    name: str
    max_length: int
    is_text: bool = False
    is_required: bool = False
    takes_numbers: bool = False

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


def read_records(file: BinaryIO, *, name: str, columns: Sequence[Column], noun: str, most: int) -> Records:
    """Take the file apart; name tells its format by its ending, noun is what one record is called.

    Whatever is wrong is a problem of the returned records, also what is wrong with the file as a whole.
    """
    extension = next((ending for ending in _FORMATS if name.lower().endswith(ending)), None)
    if extension is None:
        return _unreadable(None, "The file's name must end in .csv or .jsonl.")
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        return _unreadable(None, f"The file is larger than {MAX_BYTES // (1024 * 1024)} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        advice = "Save it as UTF-8; Excel calls this 'CSV UTF-8 (Comma delimited)'."
        return _unreadable(line, f"The file is not in UTF-8 here. {advice}")
    if not text.strip():
        return _unreadable(None, "The file is empty.")
    required = [column.name for column in columns if column.is_required]
    if _FORMATS[extension] == "csv":
        records = read_csv(text, required=required, most=most)
    else:
        records = read_jsonl(text, most=most)
    if len(records.found) > most:
        records.problems.append(LineProblem(None, f"The file has more than {most:,} {noun}s."))
    if not records.found and not records.problems:
        records.problems.append(LineProblem(None, f"The file names its columns, but holds no {noun}."))
    return records


def take_value(record: Record, column: Column, problems: list[LineProblem]) -> str:
    """Return the column's value as text, "" where it is missing or wrong; a wrong one is noted.

    Line ends inside a text become newlines, white space around a value goes.
    """
    raw = record.values.get(column.name)
    if column.takes_numbers and isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if raw is not None and not isinstance(raw, str):
        wanted = "text or a whole number" if column.takes_numbers else "text"
        problems.append(LineProblem(record.line, f"The {column.label} must be {wanted}."))
        return ""
    value = _LINE_END.sub("\n", raw or "").strip()
    if complaint := _complaint(column, value):
        problems.append(LineProblem(record.line, complaint))
        return ""
    return value


def other_columns(records: Records, columns: Iterable[Column]) -> tuple[str, ...]:
    """Return the names of the file's columns that mean nothing here, fit to stand in a sentence."""
    found = {name for record in records.found for name in record.values}
    return tuple(sorted(_printable(name) for name in found - {column.name for column in columns} if name))


def _unreadable(line: int | None, message: str) -> Records:
    return Records(problems=[LineProblem(line, message)])


def _complaint(column: Column, value: str) -> str:
    """Say what is wrong with a value, "" if nothing is."""
    label = column.label
    if any(unicodedata.category(character) == "Cs" for character in value):
        return f"The {label} holds half of a character (a lone surrogate)."
    allowed = "\n\t" if column.is_text else ""
    if any(unicodedata.category(character) == "Cc" and character not in allowed for character in value):
        if column.is_text:
            return "The text holds a control character; the file may have been saved in the wrong encoding."
        return f"The {label} holds a line break or another control character."
    if column.is_required and not value:
        return f"The {label} is missing or empty."
    if column.is_text and not any(character.isalnum() for character in value):
        return f"The {label} has no words."
    if len(value) > column.max_length:
        return f"The {label} has {len(value):,} characters; at most {column.max_length:,} are allowed."
    return ""


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[:40]
