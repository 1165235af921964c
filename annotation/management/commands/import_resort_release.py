from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.domain.errors import StudyError
from annotation.importers.resort_release.importing import files_of, import_release
from annotation.importers.resort_release.report import ImportReport, ReleaseError
from annotation.management.file_progress_bar import file_progress_bar
from annotation.models import User


class Command(BaseCommand):
    help = """Import a release of the RESORT authors: a clone of their repository, or part of it.

Read are source_data (posts), prompts (constitution), model_outputs (texts of all strategies with their
prompts, and what experts wrote), eval-human (ratings) and eval-gpt4 (the judge's replies).
They make a closed study of the name SLUG, or complete it. Its raters are codes that nobody can sign in as or
write to. Says what was read, left out and is doubtful, with file and row, and quotes no text.

Everything or nothing: a malformed file is named with the line and what was expected, and nothing is imported.
The same folder again changes nothing. Only administrators see the study, and who is named with --manager."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="the release")
        parser.add_argument(
            "--study", required=True, metavar="SLUG", help="the study's short name, as in its address"
        )
        parser.add_argument(
            "--manager",
            default="",
            metavar="EMAIL",
            help="let this person, who has an account here, manage the study",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="read and check everything, print the report, write nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder, slug, is_dry_run = options["folder"], options["study"], options["dry_run"]
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        manager = _account(options["manager"]) if options["manager"] else None
        try:
            with file_progress_bar(files_of(folder)) as on_file:
                report = import_release(folder, slug, is_dry_run=is_dry_run, on_file=on_file, manager=manager)
        except (ReleaseError, StudyError) as error:
            raise CommandError(f"Nothing was imported from {folder}.\n{error}") from error
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write(_conclusion(report, slug, is_dry_run=is_dry_run))
        if manager and not is_dry_run:
            self.stdout.write(f"{manager.email} manages it.")


def _account(email: str) -> User:
    """Return who has this address; raises CommandError where nobody has."""
    try:
        return User.objects.get(email__iexact=email.strip())
    except User.DoesNotExist as error:
        raise CommandError(
            f"Nothing was imported: nobody here has the e-mail address {email!r}. Who manages the study needs"
            " an account first."
        ) from error


def _conclusion(report: ImportReport, slug: str, *, is_dry_run: bool) -> str:
    if is_dry_run:
        return "A dry run: nothing was written."
    if not report.has_changed:
        return f"The study '{slug}' has all of this already; nothing was changed."
    return f"Imported as the study '{slug}'."
