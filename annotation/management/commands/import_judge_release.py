from argparse import RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.domain.errors import StudyError
from annotation.importers.resort_release.judge_release import (
    count_judge_release,
    import_judge_release,
    judge_files_of,
)
from annotation.importers.resort_release.report import ImportReport, ReleaseError
from annotation.judging.reading import Outcome
from annotation.management.file_progress_bar import row_progress_bar


class Command(BaseCommand):
    help = """Read the replies of the RESORT authors' judge.

DIR is a clone of their repository, or its folder eval-gpt4. Every reply is a score, refused, not applicable
or unreadable; none is guessed. Without --study they are only counted, and the database is not touched. With
--study they become the replies of an imported judge in a study that import_resort_release made, beside the
texts they are about.

Everything or nothing: a malformed file is named with the line and what was expected, and nothing is imported.
The same folder again changes nothing, and a reply that was settled by hand stays so. Quotes no text."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="the release, or its folder eval-gpt4")
        parser.add_argument(
            "--study", metavar="SLUG", help="the study's short name; left out, replies are counted"
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
        try:
            with row_progress_bar(judge_files_of(folder)) as (on_file, on_row):
                if slug is None:
                    report = count_judge_release(folder, on_file=on_file, on_row=on_row)
                else:
                    report = import_judge_release(
                        folder, slug, is_dry_run=is_dry_run, on_file=on_file, on_row=on_row
                    )
        except (ReleaseError, StudyError) as error:
            raise CommandError(f"Nothing was imported from {folder}.\n{error}") from error
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write(_conclusion(report, slug, is_dry_run=is_dry_run))
        total: Counter[Outcome] = sum(report.outcomes.values(), Counter())
        for outcome in Outcome:
            self.stdout.write(f"{outcome.replace('_', ' ')}: {total[outcome]}")


def _conclusion(report: ImportReport, slug: str | None, *, is_dry_run: bool) -> str:
    if slug is None:
        return "Counted only: nothing was written."
    if is_dry_run:
        return "A dry run: nothing was written."
    if not report.has_changed:
        return f"The study '{slug}' has all of these replies already; nothing was changed."
    return f"Imported into the study '{slug}'."
