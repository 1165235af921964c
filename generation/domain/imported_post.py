"""Posts of a release come into a collection that may grow later; the words of those that are there stay."""

import hashlib
from dataclasses import dataclass

from generation.domain.post import PostDraft
from generation.models import Post, PostCollection


@dataclass
class _KnownPost:
    pk: int
    words_sha256: str
    area: str


class ImportedPosts:
    """The posts of one collection by key; texts are not held, only hashes. n_new counts those added."""

    def __init__(self, collection: PostCollection) -> None:
        self._collection = collection
        self._known: dict[str, _KnownPost] = {}
        self._last = self.n_new = 0
        rows = collection.posts.order_by("position").values_list("key", "pk", "text", "area", "position")
        for key, pk, text, area, position in rows.iterator(chunk_size=500):
            self._known[key] = _KnownPost(pk, _sha256(text.strip()), area)
            self._last = position

    def __contains__(self, key: object) -> bool:
        return key in self._known

    def __len__(self) -> int:
        return len(self._known)

    def find(self, key: str) -> int | None:
        """Return the post's primary key; None where the collection has no such post."""
        known = self._known.get(key)
        return known.pk if known else None

    def has_words(self, key: str, text: str) -> bool:
        """Say whether the post of that key is this text, white space at the ends aside."""
        known = self._known.get(key)
        return known is not None and known.words_sha256 == _sha256(text.strip())

    def take(self, draft: PostDraft) -> int:
        """Return the primary key of the post with this key, stored after the others if it was not there.

        A known post keeps its text, and gets the area if it has none.
        """
        known = self._known.get(draft.key)
        if known is None:
            self._last += 1
            self.n_new += 1
            post = Post.objects.create(
                collection=self._collection,
                key=draft.key,
                text=draft.text,
                area=draft.area,
                sha256=_sha256(draft.text),
                position=self._last,
            )
            known = _KnownPost(post.pk, _sha256(draft.text.strip()), draft.area)
            self._known[draft.key] = known
        elif draft.area and not known.area:
            Post.objects.filter(pk=known.pk).update(area=draft.area)
            known.area = draft.area
        return known.pk


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
