from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.domain.errors import StudyError
from annotation.domain.hidden_conditions import look_at_conditions
from annotation.domain.snapshot import take_snapshot
from annotation.exports.score_table import SCORE_FORMATS, find_score_format, render_scores
from annotation.models import Study
from annotation.queries.shown_scores import shown_scores
from annotation.queries.snapshot import is_computed


class Command(BaseCommand):
    help = """Print a study's scores: Table 3 with intervals; as JSON also agreement, comparisons and raters.

JSON and Markdown have judges, too: language models, named as such. csv-judges has all of their numbers, over
all items and by condition, one a row.

What counts: current versions of submitted expert ratings, first occasion; means and SDs (n-1) are over
ratings, as in the paper's Table 3. Intervals are 95 % bootstrap intervals over posts.

Where the ratings have changed since they were last computed, intervals, agreement and comparisons are
computed first and kept as a snapshot; this takes seconds to minutes. Ratings are never changed, so it can be
run at any time and again.

Where the study hides its scores by condition until it is closed, they are left out, unless you add --look;
the study's log keeps each time."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the study's short name, as in its address")
        parser.add_argument("--format", default="json", help=f"{', '.join(SCORE_FORMATS)} (default: json)")
        parser.add_argument("--look", action="store_true", help="show what the study hides, and log it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = Study.objects.get(slug=options["slug"])
            find_score_format(options["format"])
            if not is_computed(study):
                take_snapshot(study)
            if options["look"] and study.are_conditions_hidden:
                look_at_conditions(study, by=None, how="manage.py scores")
            shown = shown_scores(study, has_looked=options["look"])
            text = render_scores(shown.scores, shown.computed, format_key=options["format"])
        except Study.DoesNotExist as error:
            raise CommandError(f"There is no study {options['slug']!r}.") from error
        except StudyError as error:
            raise CommandError(str(error)) from error
        if shown.scores.are_conditions_hidden:
            self.stderr.write(
                "Scores by condition are hidden until the study is closed. --look shows them; the study's log"
                " keeps each time."
            )
        self.stdout.write(text, ending="")
