from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.domain.errors import StudyError
from annotation.exports.score_table import SCORE_FORMATS, render_scores
from annotation.models import Study
from annotation.queries.score import scores_for_study


class Command(BaseCommand):
    help = """Print a study's scores: per condition and criterion n, mean and SD; per rater n and means.

What counts: current versions of submitted expert ratings, first occasion; means and SDs (n-1) are over
ratings, as in the paper's Table 3. Reads only, so it can be run at any time and again.

In the JSON these keys are left out until the site computes them: snapshot, the ci of each score,
agreement, comparisons, and active_seconds_median of a rater."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the study's short name, as in its address")
        parser.add_argument("--format", default="json", help=f"{', '.join(SCORE_FORMATS)} (default: json)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = Study.objects.get(slug=options["slug"])
            text = render_scores(scores_for_study(study), format_key=options["format"])
        except Study.DoesNotExist as error:
            raise CommandError(f"There is no study {options['slug']!r}.") from error
        except StudyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(text, ending="")
