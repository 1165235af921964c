"""The posts of a RESORT release as its authors' pipeline read them."""

from dataclasses import dataclass, field
from pathlib import Path

from generation.release.outputs import Row, UnreadableRow, read_rows

FOLDER = "source_data"
ID = "Reddit ID"


@dataclass
class SourcePosts:
    """The texts of source_data by id, and the lines there that are no posts, by file."""

    texts: dict[str, str] = field(default_factory=dict)
    unreadable: dict[Path, list[UnreadableRow]] = field(default_factory=dict)

    def of_row(self, row: Row) -> str | None:
        """Return the row's post as source_data has it; None where it has none or one of other words.

        The two copies may differ in white space at their ends. In the authors' release 26 posts do: their
        recorded prompts hold the copy of source_data in 25 rows, and the trimmed one in a row.
        """
        text = self.texts.get(str(row.fields.get(ID)))
        return text if text is not None and text.strip() == row.post.strip() else None


def read_source_posts(release: Path) -> SourcePosts:
    """Read the release's posts; it may have none."""
    posts = SourcePosts()
    for path in sorted((release / FOLDER).glob("*.jsonl")):
        for row in read_rows(path):
            if isinstance(row, UnreadableRow):
                posts.unreadable.setdefault(path, []).append(row)
            elif isinstance(key := row.fields.get(ID), str):
                posts.texts.setdefault(key, row.post)
    return posts
