from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.importers.constitution import ConstitutionFileError, read_constitution
from generation.importers.prompt_set import PromptSetFileError, read_prompt_set
from generation.prompt_set import PromptSet
from generation.queries.constitution import find_prompt_set, prompts_of
from generation.release.comparison import Comparison
from generation.release.outputs import FOLDER, UnreadableRow, find_output_files
from generation.release.posts import read_source_posts
from generation.release.replay import Release, compare_file

MAX_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Check our engine against a RESORT release: given the release's constitution (DIR/prompts), its "
        "wording, its posts and its recorded answers, is every prompt that we would send the recorded one, "
        "byte for byte? Prints the counts of each file of DIR/model_outputs and of all; absent are prompts "
        "that the release does not hold, or that follow from an answer it does not hold. Exits with 1 if a "
        "prompt differs, a row cannot be read or nothing could be compared. Writes nothing to the database. "
        "The first difference of a file is shown with the characters around it: they may be a post's."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", type=Path, metavar="DIR")
        parser.add_argument(
            "--prompt-set",
            metavar="SET",
            help="The wording: a YAML file or a stored set's name or id; without it DIR/prompt_set.yaml.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        release: Path = options["release"]
        prompts = _prompts(release, options["prompt_set"])
        try:
            constitution = read_constitution(release / "prompts").constitution
        except ConstitutionFileError as error:
            raise CommandError(
                f"The constitution in {release / 'prompts'} cannot be read.\n{error}"
            ) from error
        files, others = find_output_files(release)
        if not files:
            raise CommandError(f"There are no outputs of the eight strategies in {release / FOLDER}.")
        comparisons = []
        try:
            posts = read_source_posts(release)
            for file in files:
                comparison = compare_file(file, Release(constitution, prompts, posts))
                self._report(str(file.path.relative_to(release)), comparison)
                comparisons.append(comparison)
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        for path, rows in posts.unreadable.items():
            self._list_unreadable(str(path.relative_to(release)), rows)
        for path in others:
            self.stdout.write(f"{path.relative_to(release)}: not of the eight strategies; left out.")
        lines = [row for rows in posts.unreadable.values() for row in rows]
        self._conclude(comparisons, unreadable=len(lines))

    def _report(self, name: str, comparison: Comparison) -> None:
        self.stdout.write(
            f"{name}: {comparison.rows} posts; compared {comparison.compared}, equal {comparison.equal}, "
            f"different {comparison.different}, absent {comparison.absent}"
        )
        if comparison.first_difference:
            self.stdout.write(f"  first difference: {comparison.first_difference}")
        if comparison.refusals:
            self.stdout.write(f"  {comparison.refusals} recorded answers are a content filter's refusals")
        if comparison.restored:
            self.stdout.write(
                f"  {comparison.restored} posts were sent as in source_data, not trimmed as here"
            )
        self._list_unreadable(name, comparison.unreadable)

    def _list_unreadable(self, name: str, rows: Sequence[UnreadableRow]) -> None:
        for row in rows[:MAX_SHOWN]:
            self.stdout.write(f"  {name}, line {row.line}: {row.reason}")
        if (others := len(rows) - MAX_SHOWN) > 0:
            self.stdout.write(f"  and {others} more lines that cannot be read")

    def _conclude(self, comparisons: Sequence[Comparison], *, unreadable: int) -> None:
        """Print the sums, one line each; raise CommandError when the release was not matched."""
        counts = {
            name: sum(getattr(comparison, name) for comparison in comparisons)
            for name in ("compared", "equal", "different", "absent")
        }
        unreadable += sum(len(comparison.unreadable) for comparison in comparisons)
        self.stdout.write(f"In all {len(comparisons)} files:")
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        complaints = [
            complaint
            for complaint, applies in (
                (f"{counts['different']} prompts differ", counts["different"]),
                (f"{unreadable} lines cannot be read", unreadable),
                ("nothing could be compared", not counts["compared"]),
            )
            if applies
        ]
        if complaints:
            raise CommandError(f"The release was not matched: {', '.join(complaints)}.")


def _prompts(release: Path, chosen: str | None) -> PromptSet:
    """Return the wording of the chosen file or stored set, else of the release's own prompt_set.yaml."""
    path = Path(chosen) if chosen else release / "prompt_set.yaml"
    if chosen and not path.is_file():
        stored = find_prompt_set(chosen)
        if stored is None:
            raise CommandError(f"There is neither a file nor a stored prompt set '{chosen}'.")
        return prompts_of(stored)
    if not path.is_file():
        raise CommandError(f"There is no {path}: name the wording with --prompt-set.")
    try:
        return read_prompt_set(path)
    except PromptSetFileError as error:
        raise CommandError(f"The wording cannot be read. {error}") from error
