import time
from argparse import SUPPRESS, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from annotation.domain.errors import StudyError
from annotation.domain.judge_prompt_set import store_example_judge_prompts
from annotation.domain.judge_reply import collect_replies
from annotation.domain.judge_run import add_new_texts, resume_judge_run, run_of, start_judge_run
from annotation.forms.judge import JudgeForm
from annotation.management.run_progress_bar import run_progress_bar
from annotation.management.run_work import work_on
from annotation.models import JudgeRun, Study
from annotation.queries.judge_prompt_set import find_judge_prompt_set
from annotation.queries.judge_reply import outcome_counts, sum_counts
from annotation.queries.judge_run import items_to_judge, same_judge_run
from generation.enums import RunStatus
from generation.models import ModelSpec
from generation.queries.run import run_progress
from resort_site.stop_signals import stop_signals_noted

SAMPLED = "0.7"


class Command(BaseCommand):
    help = """Have a language model score a study's texts on its criteria, with a progress bar.

Scores every text that is there. Safe to run again: the same judge, asked the same questions in the same way,
goes on where it was, is given the texts that came since, and is only counted once it has finished. Works
beside any number of workers; a model is loaded in this process, so it needs the model's memory.

Ctrl-C or TERM gives back what is not answered yet and ends with exit code 130 or 143. A judge that was paused
is taken up only with --resume. Exit code 1 and one line say why nothing could be done.

The last lines count the replies: score, refused, not applicable, unreadable, failed. No text is printed.
What a judge says is kept apart from ratings, and no rater sees it."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--study", required=True, metavar="SLUG", help="the study's short name")
        parser.add_argument("--model", required=True, metavar="NAME", help="a model of the library")
        parser.add_argument(
            "--prompts", default="", metavar="NAME", help="a judge's prompt set; else the example's"
        )
        parser.add_argument(
            "--criteria", nargs="+", default=[], metavar="KEY", help="criteria to score; else all"
        )
        parser.add_argument("--repeats", default="1", metavar="N", help="how often each text is asked about")
        parser.add_argument(
            "--temperature", metavar="T", help=f"0 where asked once, else {SAMPLED}, unless given"
        )
        parser.add_argument("--max-new-tokens", default=SUPPRESS, metavar="N", help="longest reply")
        parser.add_argument("--resume", action="store_true", help="take up a judge that was paused")
        waiting = parser.add_mutually_exclusive_group()
        waiting.add_argument(
            "--watch", action="store_true", help="leave the calls to the workers, and only watch them"
        )
        waiting.add_argument(
            "--no-wait", action="store_true", help="start only, and leave the rest to the workers"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = Study.objects.get(slug=options["study"])
            judge_run = _begun_run(study, _design(study, options), may_resume=options["resume"])
            run = run_of(judge_run)
        except Study.DoesNotExist as error:
            raise CommandError(f"There is no study {options['study']!r}.") from error
        except StudyError as error:
            raise CommandError(str(error)) from error
        if options["no_wait"]:
            self.stdout.write(f"{judge_run}: {run_progress(run).calls_planned:,} calls, left to the workers.")
            return
        began_s = time.monotonic()
        with stop_signals_noted() as stop, run_progress_bar(run, what="replies"):
            work_on(run, stop, is_watching=options["watch"])
        collect_replies(judge_run)
        run.refresh_from_db()
        summary = _summary(judge_run, seconds=time.monotonic() - began_s)
        if stop.number is not None:
            raise CommandError(f"Stopped; run this again to go on. {summary}", returncode=128 + stop.number)
        if run.status == RunStatus.CANCELLED or not run_progress(run).is_finished:
            raise CommandError(f"The judge was {run.get_status_display().lower()} meanwhile. {summary}")
        self.stdout.write(summary)


def _design(study: Study, options: dict[str, Any]) -> dict[str, Any]:
    """Check the options by the form of the judges' page. Raises StudyError."""
    prompts = options["prompts"]
    prompt_set = find_judge_prompt_set(prompts) if prompts else store_example_judge_prompts()
    if prompt_set is None:
        raise StudyError(f"There is no judge's prompt set {prompts!r}.")
    model = ModelSpec.objects.filter(name=options["model"]).first()
    if model is None:
        raise StudyError(f"There is no model {options['model']!r} in the library.")
    criteria = study.criteria.all()
    if options["criteria"]:
        criteria = criteria.filter(key__in=options["criteria"])
        if missing := sorted(set(options["criteria"]) - set(criteria.values_list("key", flat=True))):
            raise StudyError(f"The study has no criterion {', '.join(missing)}.")
    sent = QueryDict(mutable=True)
    for name, field in JudgeForm.base_fields.items():
        sent[name] = str(field.initial)
    sent["model"], sent["prompt_set"] = str(model.pk), str(prompt_set.pk)
    sent.setlist("criteria", [str(pk) for pk in criteria.values_list("pk", flat=True)])
    sent["repeats"] = options["repeats"]
    sent["temperature"] = options["temperature"] or ("0" if options["repeats"] == "1" else SAMPLED)
    sent["max_new_tokens"] = options.get("max_new_tokens", sent["max_new_tokens"])
    form = JudgeForm(sent, study=study)
    if not form.is_valid():
        complaints = [
            f"--{name.replace('_', '-')}: {' '.join(map(str, errors))}"
            for name, errors in form.errors.items()
        ]
        raise StudyError(" ".join(complaints))
    cleaned = form.cleaned_data
    return {"model_spec": cleaned.pop("model"), **cleaned, "criteria": list(cleaned["criteria"])}


def _begun_run(study: Study, design: dict[str, Any], *, may_resume: bool) -> JudgeRun:
    """Return the run to go on with, started if need be. Raises StudyError."""
    known = same_judge_run(study, **design)
    if known is None:
        return start_judge_run(study, **design, by=None)
    if run_of(known).status == RunStatus.PAUSED:
        if not may_resume:
            raise StudyError("The judge is paused; add --resume to go on with it.")
        resume_judge_run(known, by=None)
    if items_to_judge(known).exists():
        add_new_texts(known, by=None)
    return JudgeRun.objects.select_related("generation_run", "study").get(pk=known.pk)


def _summary(judge_run: JudgeRun, *, seconds: float) -> str:
    counts = sum_counts(outcome_counts(judge_run))
    figures = {
        "score": counts.score,
        "refused": counts.refused,
        "not applicable": counts.not_applicable,
        "unreadable": counts.unreadable,
        "failed or waiting": counts.waiting,
    }
    lines = [f"{judge_run}: {counts.answered:,} of {counts.total:,} replies in {seconds:.0f} s."]
    return "\n".join([*lines, *(f"{name}: {figure}" for name, figure in figures.items())])
