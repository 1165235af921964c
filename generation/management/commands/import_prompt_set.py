from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.domain.constitution import store_prompt_set
from generation.importers.prompt_set import PromptSetFileError, read_prompt_set
from generation.models import PromptSet
from generation.prompt_set import content_hash


class Command(BaseCommand):
    help = (
        "Import a prompt set, the wording of every question, from a YAML file. Changed wording under a known "
        "name becomes a new version. A malformed file imports nothing. The same wording again under the same "
        "name changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--name", default="", help="Name of the set; the one in the file if not given.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            prompts = read_prompt_set(path)
        except PromptSetFileError as error:
            raise CommandError(f"Nothing was imported from {path}.\n{error}") from error
        prompts = replace(prompts, name=options["name"].strip() or prompts.name)
        if len(prompts.name) > 200:
            raise CommandError("Nothing was imported: the set's name may have at most 200 characters.")
        known = PromptSet.objects.filter(name=prompts.name, content_hash=content_hash(prompts)).first()
        if known:
            self.stdout.write(f"'{known}' with this wording is there already; nothing was changed.")
            return
        stored = store_prompt_set(prompts, note=f"From the file {path.resolve().name}."[:300])
        self.stdout.write(f"Imported the wording as '{stored}'.")
