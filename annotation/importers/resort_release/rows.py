"""Read the rows of a release's file one by one, and note columns that mean nothing here."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotation.importers.resort_release.report import ImportReport, Notice, ReleaseError
from generation.release.outputs import Row, UnreadableRow, read_rows

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_INDEX = re.compile(r"Unnamed: .*|index|level_\d+")


def read_file(path: Path, name: str, report: ImportReport, *, known: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a file line by line; note columns that mean nothing here once it is read.

    known are the columns that do, or their beginnings with a star: evaluation_raw_output*. Raises
    ReleaseError at a line that is no row, or holds a text that no database takes.
    """
    columns: set[str] = set()
    rows = 0
    for row in read_rows(path):
        if isinstance(row, UnreadableRow):
            raise ReleaseError(name, row.line, row.reason)
        wrong = next((key for key, value in row.fields.items() if not is_storable(value)), None)
        if wrong is not None:
            raise ReleaseError(name, row.line, f"expected text that can be stored in '{wrong}'.")
        columns |= row.fields.keys()
        rows += 1
        report.on_row()
        yield row
    report.read[name] = rows
    note_columns(columns, name, report, known=known)


def note_columns(columns: set[str], name: str, report: ImportReport, *, known: Iterable[str]) -> None:
    left = sorted(column for column in columns if _INDEX.fullmatch(column))
    starts = tuple(column.removesuffix("*") for column in known if column.endswith("*"))
    others = sorted(columns - set(left) - set(known))
    others = [column for column in others if not column.startswith(starts)] if starts else others
    if left:
        report.note(Notice.INDEX_COLUMN, name, words=", ".join(left))
    if others:
        printable = (
            "".join(sign if sign.isprintable() else "?" for sign in column)[:40] for column in others
        )
        report.note(Notice.OTHER_COLUMN, name, words=", ".join(printable))


def is_storable(value: object) -> bool:
    """Say whether a value is free of the characters that no database takes: NUL and lone surrogates."""
    return not isinstance(value, str) or _UNSTORABLE.search(value) is None
