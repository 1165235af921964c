"""Read the rows of a judge's file: which reply stands where, and what it says it is about."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.importers.resort_release.files import ORACLE, TOP_COMMENT, JudgeFile
from annotation.importers.resort_release.report import ImportReport, Notice, ReleaseError
from annotation.importers.resort_release.rows import read_file
from annotation.importers.resort_release.texts import OUTPUT_COLUMNS, TOP_COMMENT_TEXT
from annotation.judging.reading import ReadScore
from annotation.judging.reply import read_reply
from annotation.judging.scale import Scale
from generation.release.outputs import Row
from generation.release.posts import ID

REPLY = "evaluation_raw_output"
ORACLE_TEXT, ORACLE_NUMBER = "Reappraisal", "Dimension"
_COLUMNS = (
    *OUTPUT_COLUMNS,
    *(ORACLE_TEXT, ORACLE_NUMBER, TOP_COMMENT_TEXT),
    *(f"{REPLY}*", "reappraisal_output*", "intermediate_output*"),
)

Json = Any


@dataclass(frozen=True)
class JudgeRow:
    """One reply of a row, as it came and as read; number is the dimension's that it was asked under."""

    row: int
    field: str
    post_key: str
    raw: Json
    read: ReadScore
    number: int | None
    text: str | None


def read_judge_rows(
    file: JudgeFile, name: str, report: ImportReport, *, scale: Scale, numbers: Sequence[int]
) -> Iterator[JudgeRow]:
    """Yield the file's replies one by one, counting in the report what they are read as.

    numbers are the dimensions' of the constitution, in order. Raises ReleaseError.
    """
    for row in read_file(file.path, name, report, known=_COLUMNS):
        post_key = row.fields.get(ID)
        if not isinstance(post_key, str) or not 0 < len(post_key) <= 100:
            raise ReleaseError(name, row.line, f"expected the post's id in '{ID}'.")
        for field, value in row.fields.items():
            if not field.startswith(REPLY):
                continue
            read = read_reply(value, scale)
            report.outcomes[name][read.outcome] += 1
            number = _number(row, field, file)
            text = _judged_text(row, field, file, number, numbers)
            yield JudgeRow(row.line, field, post_key, _raw(value, name, row.line, report), read, number, text)


def _raw(value: Json, name: str, line: int, report: ImportReport) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        report.note(Notice.NO_NUMBER, name, line)
        return None
    return value


def _number(row: Row, field: str, file: JudgeFile) -> int | None:
    """Return the dimension under which the judge was asked.

    Of an expert's text the row says it: the field is called dim_1 there whatever the dimension.
    """
    if file.source_name == ORACLE:
        number = row.fields.get(ORACLE_NUMBER)
        return number if isinstance(number, int) else None
    suffix = field.rpartition("_")[2]
    return int(suffix) if suffix.isascii() and suffix.isdigit() and len(suffix) < 5 else None


def _judged_text(
    row: Row, field: str, file: JudgeFile, number: int | None, numbers: Sequence[int]
) -> str | None:
    if file.source_name == ORACLE:
        return row.text((ORACLE_TEXT,))
    if file.source_name == TOP_COMMENT:
        return row.text((TOP_COMMENT_TEXT,))
    suffix = field.removeprefix(REPLY)
    names = [f"reappraisal_output{suffix}", f"intermediate_output{suffix}"]
    if number in numbers:
        names.append(f"reappraisal_output_step_{numbers.index(number)}")
    return row.text((*names, "reappraisal_output"))
