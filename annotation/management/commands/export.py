import os
import tempfile
from argparse import RawDescriptionHelpFormatter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.export import record_export
from annotation.domain.hidden_conditions import look_at_conditions
from annotation.exports import FORMATS, WrittenExport, find_format, provenance, write_export
from annotation.exports.format import ExportFormat
from annotation.models import Study


class Command(BaseCommand):
    help = """Write a study's ratings to a file, and the provenance of the rated responses beside it.

The format snapshot has exactly the ratings that the study's agreement, comparisons and figures were computed
from last; the others have the ratings as they are. The format judge-csv has what language models replied as
judges of the study instead, each row marked as a model's.

PATH's companion, ratings.provenance.jsonl for ratings.csv, has a line per response: model, decoding, every
message sent and received, and so the posts themselves. A file appears whole or not at all, readable by you
alone. A file that is there already is kept, unless you add --force. The study's log records each file with
its number of rows and SHA-256.

Where the study hides its scores by condition until it is closed, nothing is written, as the files name
conditions, unless you add --look; the study's log keeps each time."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the study's short name, as in its address")
        parser.add_argument("--format", required=True, help=", ".join(FORMATS))
        parser.add_argument("--out", required=True, type=Path, help="the file to write")
        parser.add_argument("--force", action="store_true", help="replace the file if it is there")
        parser.add_argument("--look", action="store_true", help="write what the study hides, and log it")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["out"]
        try:
            export_format = find_format(options["format"])
            study = Study.objects.get(slug=options["slug"])
            if study.are_conditions_hidden and not options["look"]:
                raise StudyError(
                    "The files name conditions, and the study hides scores by condition until it is closed."
                    " With --look they are written all the same; the study's log keeps that."
                )
            written, origins = _write_both(
                export_format, study=study, path=path, may_replace=options["force"]
            )
        except Study.DoesNotExist as error:
            raise CommandError(f"There is no study {options['slug']!r}.") from error
        except StudyError as error:
            raise CommandError(str(error)) from error
        except FileExistsError as error:
            raise CommandError(f"{error.filename} is there already; add --force to replace it.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{written.n_rows} rows written to {path} (sha256 {written.sha256}).")
        self.stdout.write(
            f"Provenance of {origins.n_rows} responses written to {provenance_path(path)} "
            f"(sha256 {origins.sha256})."
        )


def provenance_path(path: Path) -> Path:
    """Return where the provenance goes: ratings.csv has it in ratings.provenance.jsonl."""
    return path.with_name(f"{path.stem}.provenance.jsonl")


def _write_both(
    export_format: ExportFormat, *, study: Study, path: Path, may_replace: bool
) -> tuple[WrittenExport, WrittenExport]:
    """Write beside the paths, then move there, so that no reader ever meets half a file."""
    paths = (path, provenance_path(path))
    for taken in paths:
        if taken.exists() and not may_replace:
            raise FileExistsError(0, "is there already", str(taken))
    with ExitStack() as unfinished:
        # The ratings first: of a text that is rated meanwhile, the origin may be there without a rating.
        pieces = [
            _write_unfinished(piece, study=study, path=piece_path, until=unfinished)
            for piece, piece_path in zip((export_format, provenance.FORMAT), paths, strict=True)
        ]
        # Together: no file without its entry in the log, no entry without its file.
        with transaction.atomic():
            if study.are_conditions_hidden:
                look_at_conditions(study, by=None, how="manage.py export")
            for written, _ in pieces:
                record_export(
                    study,
                    format_key=written.format_key,
                    n_rows=written.n_rows,
                    sha256=written.sha256,
                    by=None,
                )
            # The ratings last: where they are, their provenance is.
            for (_, finished), piece_path in reversed(list(zip(pieces, paths, strict=True))):
                finished.replace(piece_path)
    return pieces[0][0], pieces[1][0]


def _write_unfinished(
    export_format: ExportFormat, *, study: Study, path: Path, until: ExitStack
) -> tuple[WrittenExport, Path]:
    """Write to a file beside the path that is gone, unless it was moved, when the stack closes."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
        unfinished = Path(stream.name)
        until.callback(unfinished.unlink, missing_ok=True)
        written = write_export(export_format, study=study, stream=stream.file)
        stream.flush()
        os.fsync(stream.fileno())
    return written, unfinished
