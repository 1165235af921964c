"""Take a CSV or JSONL text apart into records with line numbers; what a record holds is not known here."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Never

# Spreadsheet programs of many countries write semicolons, since their decimal sign is the comma.
DELIMITERS = (",", ";", "\t")


class LineProblem(NamedTuple):
    """What is wrong, and on which line of the file; line None: with the file as a whole."""

    line: int | None
    message: str

    def __str__(self) -> str:
        return self.message if self.line is None else f"Line {self.line}: {self.message}"


@dataclass(frozen=True)
class Record:
    """One entry of the file, with the number of the line on which it begins."""

    line: int
    values: dict[str, object]


@dataclass
class Records:
    """What was found: the records that could be taken apart, and the problems of the others."""

    found: list[Record] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)


class _AmbiguousJsonError(ValueError):
    """JSON that programs read in different ways; the message says what it holds."""


def read_csv(text: str, *, required: Sequence[str], most: int) -> Records:
    """Read comma, semicolon or tab separated records; the first one names the columns, in any case.

    Reading ends at the first record that cannot be taken apart (whatever follows would be guessed) and after
    one record more than `most`.
    """
    records = Records()
    rows = _csv_rows(text, _delimiter(text, column=required[0]), records.problems)
    header_line, header = next(rows, (1, []))
    columns = [name.strip().lower() for name in header]
    if records.problems:
        return records
    if missing := [name for name in required if name not in columns]:
        message = f"The first line must name the columns, and one of them must be '{missing[0]}'."
        records.problems.append(LineProblem(header_line, message))
        return records
    if len({name for name in columns if name}) != len([name for name in columns if name]):
        records.problems.append(LineProblem(header_line, "Two columns have the same name."))
        return records
    for line, row in rows:
        if len(row) != len(columns):
            message = (
                f"Has {len(row)} fields where the first line names {len(columns)} columns. "
                "A text that holds the separator or a line break must stand in double quotation marks."
            )
            records.problems.append(LineProblem(line, message))
        else:
            records.found.append(Record(line, dict(zip(columns, row, strict=True))))
        if len(records.found) > most:
            break
    return records


def read_jsonl(text: str, *, most: int) -> Records:
    """Read one JSON object a line; empty lines count but hold nothing."""
    records = Records()
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            values = json.loads(content, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
        except _AmbiguousJsonError as error:
            records.problems.append(LineProblem(line, str(error)))
        except json.JSONDecodeError as error:
            message = f"Is not a JSON object on one line (it cannot be read from character {error.colno} on)."
            records.problems.append(LineProblem(line, message))
        except (ValueError, RecursionError):  # a number of thousands of digits; brackets nested very deeply
            records.problems.append(
                LineProblem(line, "Holds a number or a nesting that is too large to read.")
            )
        else:
            if isinstance(values, dict):
                records.found.append(Record(line, values))
            else:
                message = 'Must be one JSON object in braces, such as {"text": "..."}.'
                records.problems.append(LineProblem(line, message))
        if len(records.found) > most:
            break
    return records


def _delimiter(text: str, *, column: str) -> str:
    """Return the separator by which the first line names the column; a comma where none does."""
    first_line = text.lstrip("\r\n").splitlines()[0]
    for delimiter in DELIMITERS:
        names = [name.strip(' "').lower() for name in first_line.split(delimiter)]
        if column in names:
            return delimiter
    return ","


def _csv_rows(text: str, delimiter: str, problems: list[LineProblem]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield every row that is not blank with the number of its first line; notes why reading ended early."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(LineProblem(line, _csv_complaint(str(error))))
            return
        if any(value.strip() for value in row):
            yield line, row


def _csv_complaint(error: str) -> str:
    rest = "The lines from here on were not read."
    if "unexpected end of data" in error:
        return f"A quotation mark opens here, and the file ends before it is closed. {rest}"
    if "field larger than field limit" in error:
        limit = csv.field_size_limit()
        return f"A field has more than {limit:,} characters; a closing quotation mark may be missing. {rest}"
    return (
        'A quotation mark inside a quoted text must be doubled (""), and after the closing one only a '
        f"separator may follow. {rest}"
    )


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _AmbiguousJsonError("Names the same field twice.")
    return values


def _refuse_constant(name: str) -> Never:
    raise _AmbiguousJsonError(f"Holds {name}, which is not a JSON value.")
