import hashlib

import pytest

from generation.domain.example import store_example_constitution
from generation.domain.human_response import (
    HumanResponseDraft,
    HumanResponseError,
    StoredCounts,
    store_human_responses,
)
from generation.domain.post import store_posts
from generation.enums import ResponseStatus
from generation.models import ConstitutionSet, PostCollection, Response
from tests.factories import make_drafts

pytestmark = pytest.mark.django_db

FIELDS = ("source", "post__key", "dimension__key", "method", "text", "status", "is_final", "problems")


@pytest.fixture
def collection() -> PostCollection:
    return store_posts(name="Posts", drafts=make_drafts(2))


@pytest.fixture
def constitution_set() -> ConstitutionSet:
    return store_example_constitution()


def draft(
    line: int, post: str = "post-1", dimension: str = "", text: str = "Kind words"
) -> HumanResponseDraft:
    return HumanResponseDraft(line, post, "oracle_response", dimension, text)


def test_responses_are_stored_as_valid_texts_of_people(
    collection: PostCollection, constitution_set: ConstitutionSet
) -> None:
    counts = store_human_responses(
        collection=collection,
        drafts=[draft(2, dimension="self_controllable"), draft(3, post="post-2")],
        constitution_set=constitution_set,
    )

    assert counts == StoredCounts(created=2, unchanged=0)
    stored = ("oracle_response", "Kind words", ResponseStatus.VALID, True, [])
    assert list(Response.objects.order_by("pk").values_list(*FIELDS)) == [
        ("human", "post-1", "self_controllable", *stored),
        ("human", "post-2", None, *stored),
    ]
    assert set(Response.objects.values_list("sha256", flat=True)) == {
        hashlib.sha256(b"Kind words").hexdigest()
    }


def test_same_responses_again_change_nothing(
    collection: PostCollection, constitution_set: ConstitutionSet
) -> None:
    drafts = [draft(2, dimension="self_controllable"), draft(3)]
    store_human_responses(collection=collection, drafts=drafts, constitution_set=constitution_set)

    counts = store_human_responses(
        collection=collection, drafts=[*drafts, draft(4, post="post-2")], constitution_set=constitution_set
    )

    assert counts == StoredCounts(created=1, unchanged=2)
    assert Response.objects.count() == 3


def test_another_text_for_the_same_place_stores_nothing_and_names_its_line(
    collection: PostCollection,
) -> None:
    store_human_responses(collection=collection, drafts=[draft(2)], constitution_set=None)

    with pytest.raises(HumanResponseError) as caught:
        store_human_responses(
            collection=collection,
            drafts=[draft(2, post="post-2"), draft(3, text="Others")],
            constitution_set=None,
        )

    assert caught.value.lines == [
        "Line 3: Another text of this post, source and dimension is stored; it is not replaced."
    ]
    assert list(Response.objects.values_list("text", flat=True)) == ["Kind words"]


def test_same_post_id_in_another_collection_is_another_post(collection: PostCollection) -> None:
    other = store_posts(name="Others", drafts=make_drafts(1))
    store_human_responses(collection=collection, drafts=[draft(2)], constitution_set=None)

    counts = store_human_responses(
        collection=other, drafts=[draft(2, text="Other words")], constitution_set=None
    )

    assert counts == StoredCounts(created=1, unchanged=0)


def test_unknown_post_or_dimension_stores_nothing(collection: PostCollection) -> None:
    for unknown in (draft(2, post="nowhere"), draft(2, dimension="self_controllable")):
        with pytest.raises(KeyError):
            store_human_responses(collection=collection, drafts=[draft(1), unknown], constitution_set=None)

    assert not Response.objects.exists()
