import time
from argparse import RawDescriptionHelpFormatter
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from annotation.domain.errors import StudyError
from annotation.domain.generation import resume_generation, start_generation
from annotation.domain.item import attach_responses
from annotation.management.design_options import add_design_options, apply_design_options
from annotation.management.estimate_line import estimate_line
from annotation.management.run_progress_bar import run_progress_bar
from annotation.management.run_work import work_on
from annotation.models import Study
from generation.enums import RunStatus
from generation.models import GenerationRun
from generation.queries.pace import tokens_written_since
from generation.queries.run import RunProgress, run_progress
from resort_site.stop_signals import stop_signals_noted


class Command(BaseCommand):
    help = """Write a study's texts in this process, with a progress bar, until none is left to write.

Starts the generation if it has not been started, and says what it will take. The start freezes the study's
design, which the options below may change before; with --estimate nothing is started.

Works beside any number of other such commands and of workers: they share the run. Safe to run again: what is
written stays, and a finished generation is only counted. A model is loaded in this process, so it needs the
model's memory.

Ctrl-C or TERM gives back what is not written yet and ends with exit code 130 or 143; a second one ends at
once, and the texts at hand are taken up again when their lease has expired. A generation that was paused
is taken up only with --resume. Exit code 1 and one line say why nothing could be done.

The last line counts the texts that can be rated, need review and failed. No text is printed."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--study", required=True, metavar="SLUG", help="the study's short name, as in its address"
        )
        parser.add_argument("--resume", action="store_true", help="take up a generation that was paused")
        parser.add_argument(
            "--estimate", action="store_true", help="say what it will take, by measured speed, and stop there"
        )
        parser.add_argument(
            "--watch", action="store_true", help="leave the writing to the workers, and only watch them"
        )
        add_design_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = Study.objects.select_related("run").get(slug=options["study"])
            if apply_design_options(study, options):
                study = Study.objects.get(pk=study.pk)
            if study.run is None:
                self.stdout.write(estimate_line(study))
            elif options["estimate"]:
                raise StudyError("The generation has been started already; run this without --estimate.")
            if options["estimate"]:
                return
            run = _begun_run(study, may_resume=options["resume"])
        except Study.DoesNotExist as error:
            raise CommandError(f"There is no study {options['study']!r}.") from error
        except StudyError as error:
            raise CommandError(str(error)) from error
        began, began_s = timezone.now(), time.monotonic()
        with stop_signals_noted() as stop, run_progress_bar(run):
            work_on(run, stop, is_watching=options["watch"])
        attach_responses(study)
        run.refresh_from_db()
        progress = run_progress(run)
        summary = _summary(run, progress, since=began, seconds=time.monotonic() - began_s)
        if stop.number is not None:
            raise CommandError(f"Stopped; run this again to go on. {summary}", returncode=128 + stop.number)
        if run.status == RunStatus.CANCELLED or not progress.is_finished:
            raise CommandError(f"The generation was {run.get_status_display().lower()} meanwhile. {summary}")
        self.stdout.write(summary)


def _begun_run(study: Study, *, may_resume: bool) -> GenerationRun:
    """Return the study's run, started if need be. Raises StudyError when there is nothing to go on with."""
    run = study.run or start_generation(study, by=None)
    if run.status == RunStatus.PAUSED and may_resume:
        resume_generation(study, by=None)
        run.refresh_from_db()
    if run.status == RunStatus.PAUSED:
        raise StudyError("The generation is paused; add --resume to go on with it.")
    if run.status == RunStatus.CANCELLED:
        raise StudyError("The generation was cancelled; for other texts, make a new study.")
    return run


def _summary(run: GenerationRun, progress: RunProgress, *, since: datetime, seconds: float) -> str:
    valid = sum(condition.valid for condition in progress.conditions)
    to_review = sum(condition.needs_review for condition in progress.conditions)
    excluded = sum(condition.excluded for condition in progress.conditions)
    failed = sum(condition.failed for condition in progress.conditions)
    if not progress.texts_planned:
        return f"{run.name}: all texts were written by people; there is nothing to generate."
    speed = tokens_written_since(run, since) / max(seconds, 0.001)
    left_out = f"{excluded} excluded, " if excluded else ""
    return (
        f"{run.name}: {valid} of {progress.texts_planned} texts can be rated, {to_review} to review, "
        f"{left_out}{failed} failed; {seconds:.0f} s, {speed:.1f} tokens/s."
    )
