"""Posts come in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from generation.models import Post, PostCollection


@dataclass(frozen=True)
class PostDraft:
    """A post as read from a file, checked but not yet stored."""

    key: str
    text: str
    area: str = ""
    content_note: str = ""


@transaction.atomic
def store_posts(*, name: str, drafts: Sequence[PostDraft]) -> PostCollection:
    """Store the posts as one collection, in the given order."""
    collection = PostCollection.objects.create(name=name)
    Post.objects.bulk_create(
        Post(
            collection=collection,
            key=draft.key,
            text=draft.text,
            area=draft.area,
            content_note=draft.content_note,
            sha256=hashlib.sha256(draft.text.encode()).hexdigest(),
            position=position,
        )
        for position, draft in enumerate(drafts, start=1)
    )
    return collection
