from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.domain.human_response import HumanResponseError, store_human_responses
from generation.importers.human_response import (
    HumanResponseFile,
    HumanResponseFileError,
    dimension_names,
    read_human_responses,
)
from generation.models import ConstitutionSet, PostCollection
from generation.queries.constitution import find_constitution_set
from generation.queries.post import find_collection


class Command(BaseCommand):
    help = (
        "Import responses that people wrote, from a CSV or JSONL file in UTF-8. Each needs the post's id in "
        "its collection, a text and a source (oracle_response, top_reddit_comment or another short name); "
        "dimension (key, number or name in the constitution set) is optional, other columns are left out. "
        "A file with any problem imports nothing, nor does one that would replace a stored text. The same "
        "file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--posts",
            required=True,
            metavar="COLLECTION",
            help="The posts answered: a collection's name (the newest of that name) or id.",
        )
        parser.add_argument(
            "--constitution",
            metavar="SET",
            help="Where dimensions are looked up: a constitution set's name (its newest version) or id.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        collection = find_collection(options["posts"])
        if collection is None:
            raise CommandError(f"There is no collection of posts '{options['posts']}'.")
        constitution_set = None
        if options["constitution"] is not None:
            constitution_set = find_constitution_set(options["constitution"])
            if constitution_set is None:
                raise CommandError(f"There is no constitution set '{options['constitution']}'.")
        try:
            found = _read(path, collection, constitution_set)
            counts = store_human_responses(
                collection=collection, drafts=found.drafts, constitution_set=constitution_set
            )
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
        except (HumanResponseFileError, HumanResponseError) as error:
            raise CommandError(f"Nothing was imported from {path}.\n{error}") from error
        there = f"; {counts.unchanged} were there already" if counts.unchanged else ""
        left_out = f" Columns left out: {', '.join(found.ignored_columns)}." if found.ignored_columns else ""
        self.stdout.write(f"Imported {counts.created} responses to '{collection}'{there}.{left_out}")


def _read(
    path: Path, collection: PostCollection, constitution_set: ConstitutionSet | None
) -> HumanResponseFile:
    with path.open("rb") as file:
        return read_human_responses(
            file,
            name=path.name,
            post_keys=set(collection.posts.values_list("key", flat=True)),
            dimensions=dimension_names(constitution_set.dimensions.all()) if constitution_set else {},
        )
