from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.constitution import Constitution, content_hash, in_order
from generation.domain.constitution import store_constitution
from generation.importers.constitution import ConstitutionFile, ConstitutionFileError, read_constitution
from generation.models import ConstitutionSet


class Command(BaseCommand):
    help = (
        "Import a constitution set: a folder with the four text files of the RESORT authors "
        "(appraisal_questions.txt, reappraisal_aim.txt, reappraisal_guidance.txt, reappraisal_standards.txt; "
        "a '<Name> = text' line for each dimension), a release that has them in prompts/, or one YAML file. "
        "Changed content under a known name becomes a new version. Anything malformed imports nothing. "
        "The same content again under the same name changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="DIR", help="The folder, or a YAML file.")
        parser.add_argument("--name", default="", help="Name of the set; the folder's name if not given.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            found = read_constitution(path, name=options["name"].strip())
        except ConstitutionFileError as error:
            raise CommandError(f"Nothing was imported from {path}.\n{error}") from error
        constitution = in_order(found.constitution)
        if len(constitution.name) > 200:
            raise CommandError("Nothing was imported: the set's name may have at most 200 characters.")
        count = f"{len(constitution.dimensions)} dimensions"
        if stored := _stored(constitution):
            self.stdout.write(f"'{stored}' with these {count} is there already; nothing was changed.")
            return
        kind = "folder" if path.is_dir() else "file"
        stored = store_constitution(constitution, note=f"From the {kind} {path.resolve().name}."[:300])
        self.stdout.write(f"Imported {count} as '{stored}'.{_left_out(found)}")


def _stored(constitution: Constitution) -> ConstitutionSet | None:
    return ConstitutionSet.objects.filter(
        name=constitution.name, content_hash=content_hash(constitution)
    ).first()


def _left_out(found: ConstitutionFile) -> str:
    if not found.skipped:
        return ""
    names = ", ".join(f"{number} {name}" for number, name in found.skipped)
    return f" Left out, having a question but no guidance: {len(found.skipped)} ({names})."
