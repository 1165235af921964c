"""Texts that people wrote come in, to be rated beside the models'."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from generation.enums import ResponseSource, ResponseStatus
from generation.models import ConstitutionSet, Post, PostCollection, Response


@dataclass(frozen=True)
class HumanResponseDraft:
    """A response as read from a file, checked but not yet stored.

    line is where it stands in the file, post the post's id in its collection, method where the text is from;
    dimension is the key of the one it was written for, "" for none.
    """

    line: int
    post: str
    method: str
    dimension: str
    text: str


@dataclass(frozen=True)
class StoredCounts:
    """How many responses were stored, and how many were there already, word for word."""

    created: int
    unchanged: int


class HumanResponseError(Exception):
    """Responses that would replace stored ones; lines says so for each and repeats no word of a text."""

    def __init__(self, conflicts: Sequence[int]) -> None:
        self.conflicts = tuple(sorted(conflicts))
        self.lines = [
            f"Line {line}: Another text of this post, source and dimension is stored; it is not replaced."
            for line in self.conflicts
        ]
        super().__init__("\n".join(self.lines))


@transaction.atomic
def store_human_responses(
    *,
    collection: PostCollection,
    drafts: Sequence[HumanResponseDraft],
    constitution_set: ConstitutionSet | None,
) -> StoredCounts:
    """Store the responses that are not there yet; nothing when one contradicts a stored text.

    Raises HumanResponseError for such, KeyError for a post or dimension that the sets lack.
    """
    # Two imports of one file at once would both find nothing stored.
    PostCollection.objects.select_for_update().get(pk=collection.pk)
    posts = {post.key: post for post in Post.objects.filter(collection=collection)}
    dimensions = (
        {dimension.key: dimension for dimension in constitution_set.dimensions.all()}
        if constitution_set
        else {}
    )
    stored: dict[tuple[int, str, int | None], str] = {
        (post_id, method, dimension_id): sha256
        for post_id, method, dimension_id, sha256 in Response.objects.filter(
            source=ResponseSource.HUMAN, post__collection=collection
        ).values_list("post_id", "method", "dimension_id", "sha256")
    }
    new, conflicts = [], []
    for draft in drafts:
        response = Response(
            source=ResponseSource.HUMAN,
            post=posts[draft.post],
            method=draft.method,
            dimension=dimensions[draft.dimension] if draft.dimension else None,
            text=draft.text,
            sha256=hashlib.sha256(draft.text.encode()).hexdigest(),
            status=ResponseStatus.VALID,
        )
        known = stored.get((response.post_id, response.method, response.dimension_id))
        if known is None:
            new.append(response)
        elif known != response.sha256:
            conflicts.append(draft.line)
    if conflicts:
        raise HumanResponseError(conflicts)
    Response.objects.bulk_create(new)
    return StoredCounts(created=len(new), unchanged=len(drafts) - len(new))
