"""Cells of CSV files that spreadsheets may open: RFC 4180 rows, no formulas, no control characters."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO

# Excel and LibreOffice take a cell that starts so for a formula; the wide forms count in East Asian locales.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
GUARD = "'"
# Control characters but tab and line ends, and halves of surrogate pairs, which no encoding can write.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

# What csv.writer itself writes as it should be; no program takes a number for a formula.
WRITTEN_AS_THEY_ARE = frozenset((int, float, type(None)))
SHORT, MANY = 64, 10_000

Cell = str | int | float | Decimal | datetime | None


class _Line:
    """Hands a row back as the line that csv.writer made of it."""

    def write(self, line: str) -> str:
        return line


def write_csv(rows: Iterable[Iterable[Cell]], stream: IO[bytes]) -> int:
    """Write head and rows as UTF-8 with a byte order mark; return how many rows, the head not counted."""
    stream.write(codecs.BOM_UTF8)
    n_lines = 0
    for line in csv_lines(rows):
        stream.write(line.encode())
        n_lines += 1
    return n_lines - 1


def csv_lines(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Yield each row as one CSV record that ends in CRLF. Nothing is held back."""
    writer, known = csv.writer(_Line(), lineterminator="\r\n"), _Guarded()
    for row in rows:
        yield writer.writerow(
            [
                known[cell]
                if type(cell) is str
                else cell
                if type(cell) in WRITTEN_AS_THEY_ARE
                else _as_text(cell)
                for cell in row
            ]
        )


class _Guarded(dict[str, str]):
    """Guards texts and remembers short ones: names come again in every row, and a look-up is cheaper."""

    def __missing__(self, text: str) -> str:
        cell = guarded(text)
        if len(text) <= SHORT and len(self) < MANY:
            self[text] = cell
        return cell


def _as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return repr(cell)


def guarded(text: str) -> str:
    """Return the text as no program can take it for a formula.

    An apostrophe goes before a text that would start a formula, and before one that starts with an
    apostrophe; so taking one leading apostrophe away always gives the text back. Characters that no CSV
    reader agrees on become U+FFFD.
    """
    text = UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    is_risky = text[:1] in (GUARD, "\t", "\r", "\n") or text.lstrip().startswith(FORMULA_STARTS)
    return GUARD + text if is_risky else text
