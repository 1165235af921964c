"""Ratings, and what judges replied, as files. A new format is a module with a FORMAT, listed here."""

import hashlib
from dataclasses import dataclass
from typing import IO

from annotation.domain.errors import StudyError
from annotation.exports import csv_long, judge_csv, resort_release, snapshot_ratings
from annotation.exports.format import ExportFormat
from annotation.models import Study

FORMATS: dict[str, ExportFormat] = {
    export_format.key: export_format
    for export_format in (
        csv_long.FORMAT,
        resort_release.FORMAT,
        judge_csv.FORMAT,
        snapshot_ratings.FORMAT,
    )
}


@dataclass(frozen=True)
class WrittenExport:
    """What was written, for the study's log."""

    format_key: str
    n_rows: int
    sha256: str


def find_format(key: str) -> ExportFormat:
    """Return the format of that name; raises StudyError, naming those there are."""
    if key not in FORMATS:
        raise StudyError(f"The export format {key!r} is not available. Available: {', '.join(FORMATS)}.")
    return FORMATS[key]


def write_export(export_format: ExportFormat, *, study: Study, stream: IO[bytes]) -> WrittenExport:
    """Write the study in that format to an empty, seekable, readable stream and leave it at its start."""
    n_rows = export_format.write(study, stream)
    stream.seek(0)
    # Any binary stream can be hashed; the stub asks for one that is known to be readable.
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    stream.seek(0)
    return WrittenExport(export_format.key, n_rows, sha256)
