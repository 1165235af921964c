"""Gather the posts of a release. A post that was rated is kept as its raters read it."""

from collections.abc import Mapping

from annotation.importers.resort_release.files import ReleaseFiles
from annotation.importers.resort_release.report import ImportReport, Notice, ReleaseError
from annotation.importers.resort_release.rows import read_file
from generation.domain.imported_post import ImportedPosts
from generation.domain.post import PostDraft
from generation.release.outputs import POST, Row
from generation.release.posts import ID

_LONGEST_KEY = 100
_LONGEST_AREA = 100


class ReleasePosts:
    """The posts of a study as they come in. rated: the texts that raters read, by key."""

    def __init__(
        self, posts: ImportedPosts, files: ReleaseFiles, report: ImportReport, *, rated: Mapping[str, str]
    ) -> None:
        self._posts, self._files, self._report, self._rated = posts, files, report, rated

    def read_source(self) -> None:
        """Take the posts of source_data, then those that were rated and are not there."""
        for path in self._files.posts:
            name = self._files.name(path)
            for row in read_file(path, name, self._report, known=(ID, POST)):
                self._take(row, name, path.stem)
        for key, text in self._rated.items():
            self._posts.take(PostDraft(key, text))

    def of_row(self, row: Row, name: str) -> int:
        """Return the primary key of the row's post, stored now if it was not. Raises ReleaseError."""
        area = row.fields.get("Sub-Reddit")
        return self._take(row, name, area if isinstance(area, str) else "")

    def has_post(self, row: Row) -> bool:
        return row.fields.get(ID) in self._posts

    @property
    def n_new(self) -> int:
        return self._posts.n_new

    def of_rated(self, key: str) -> int:
        """Return the primary key of a rated post; they are all stored by `read_source`."""
        return self._posts.take(PostDraft(key, self._rated[key]))

    def find(self, key: str) -> int | None:
        return self._posts.find(key)

    def _take(self, row: Row, name: str, subreddit: str) -> int:
        key = row.fields.get(ID)
        if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY:
            raise ReleaseError(name, row.line, f"expected 1 to {_LONGEST_KEY} characters in '{ID}'.")
        if not row.post.strip():
            raise ReleaseError(name, row.line, f"expected the post's text in '{POST}', found none.")
        area = subreddit.removeprefix("r_").replace("_", " ")[:_LONGEST_AREA]
        post = self._posts.take(PostDraft(key, self._rated.get(key, row.post), area))
        if not self._posts.has_words(key, row.post):
            self._report.note(Notice.OTHER_POST, name, row.line)
        return post
