from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.domain.post import PostDraft, store_posts
from generation.importers.post import PostFileError, read_post_file
from generation.models import PostCollection


class Command(BaseCommand):
    help = (
        "Import a collection of posts from a CSV or JSONL file in UTF-8. Each post needs a text; id, area "
        "and content_note are optional, other columns are left out. A file with any problem imports nothing. "
        "The same file again under the same name changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--name", help="Name of the collection; the file's name if not given.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        name = (options["name"] or path.stem)[:200]
        try:
            with path.open("rb") as file:
                post_file = read_post_file(file, name=path.name)
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
        except PostFileError as error:
            raise CommandError(f"Nothing was imported from {path}.\n{error}") from error
        count = f"{len(post_file.drafts)} posts"
        if _is_stored(name, post_file.drafts):
            self.stdout.write(f"'{name}' with these {count} is there already; nothing was changed.")
            return
        store_posts(name=name, drafts=post_file.drafts)
        left_out = (
            f" Columns left out: {', '.join(post_file.ignored_columns)}." if post_file.ignored_columns else ""
        )
        self.stdout.write(f"Imported {count} as '{name}'.{left_out}")


def _is_stored(name: str, drafts: list[PostDraft]) -> bool:
    wanted = [(draft.key, draft.text, draft.area, draft.content_note) for draft in drafts]
    return any(
        list(collection.posts.order_by("position").values_list("key", "text", "area", "content_note"))
        == wanted
        for collection in PostCollection.objects.filter(name=name)
    )
