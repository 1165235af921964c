import os
import tempfile
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.export import record_export
from annotation.exports import FORMATS, WrittenExport, find_format, write_export
from annotation.exports.format import ExportFormat
from annotation.models import Study


class Command(BaseCommand):
    help = """Write a study's ratings to a file.

The file appears whole or not at all, readable by you alone. A file that is there already is kept, unless
you add --force. The study's log records the export with its number of rows and SHA-256."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the study's short name, as in its address")
        parser.add_argument("--format", required=True, help=", ".join(FORMATS))
        parser.add_argument("--out", required=True, type=Path, help="the file to write")
        parser.add_argument("--force", action="store_true", help="replace the file if it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["out"]
        try:
            export_format = find_format(options["format"])
            study = Study.objects.get(slug=options["slug"])
            written = _write_whole(export_format, study=study, path=path, may_replace=options["force"])
        except Study.DoesNotExist as error:
            raise CommandError(f"There is no study {options['slug']!r}.") from error
        except StudyError as error:
            raise CommandError(str(error)) from error
        except FileExistsError as error:
            raise CommandError(f"{path} is there already; add --force to replace it.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{written.n_rows} rows written to {path} (sha256 {written.sha256}).")


def _write_whole(
    export_format: ExportFormat, *, study: Study, path: Path, may_replace: bool
) -> WrittenExport:
    """Write beside the path, then move there, so that no reader ever meets half a file."""
    if path.exists() and not may_replace:
        raise FileExistsError(path)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
        unfinished = Path(stream.name)
        try:
            written = write_export(export_format, study=study, stream=stream.file)
            stream.flush()
            os.fsync(stream.fileno())
            # Together: no file without its entry in the log, no entry without its file.
            with transaction.atomic():
                record_export(
                    study,
                    format_key=written.format_key,
                    n_rows=written.n_rows,
                    sha256=written.sha256,
                    by=None,
                )
                unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return written
