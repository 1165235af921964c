import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from generation.domain.imported_model import store_imported_model
from generation.domain.imported_post import ImportedPosts
from generation.domain.imported_response import (
    BATCH,
    ImportedText,
    ImportedTexts,
    TextOrigin,
    TextPlace,
    keep_as_rated,
)
from generation.domain.post import PostDraft, store_posts
from generation.models import ImportRecord, Post, PostCollection, Response
from generation.validation import Problem

pytestmark = pytest.mark.django_db

CALLS = ({"prompt_field": "q", "prompt": "Please.", "answer_field": "a", "answer": None},)


@pytest.fixture
def posts() -> PostCollection:
    return store_posts(name="Posts", drafts=[PostDraft("one", "P")])


def place(posts: PostCollection, **changed: object) -> TextPlace:
    fields: dict[str, object] = {
        "post": posts.posts.get().pk,
        "model_spec": store_imported_model("m").pk,
        "strategy": "INDV vanilla",
        "step": 0,
    }
    return TextPlace(**{**fields, **changed})


def text(where: TextPlace, words: str, **changed: object) -> ImportedText:
    return ImportedText(where, words, TextOrigin("a.jsonl", 1, "a"), **changed)


def test_text_is_stored_with_its_record_at_the_next_flush(posts: PostCollection) -> None:
    texts = ImportedTexts(posts)
    known = texts.add(text(place(posts), "A text.", calls=CALLS, problems=(Problem.TOO_SHORT,)))
    assert (known.response, Response.objects.count()) == (0, 0)

    texts.flush()

    stored = Response.objects.get()
    assert (known.response, stored.text, stored.source) == (stored.pk, "A text.", "model")
    assert (stored.status, stored.problems) == ("needs_review", ["too_short"])
    assert (stored.imported.file, stored.imported.row, stored.imported.calls) == ("a.jsonl", 1, list(CALLS))


def test_texts_are_found_again_by_place_and_words(posts: PostCollection) -> None:
    where = place(posts)
    texts = ImportedTexts(posts)
    texts.add(text(where, "It’s a text."))
    texts.flush()

    again = ImportedTexts(posts)

    pk = Response.objects.get().pk
    found = again.find(where, "It's a text.")
    assert found is not None
    assert (found.response, again.find_exactly(where, "It's a text.")) == (pk, None)
    assert again.find(place(posts, step=1), "It’s a text.") is None
    assert (again.count(of_people=False), again.count(of_people=True)) == (1, 0)


def test_prompts_that_come_later_complete_a_text_once(posts: PostCollection) -> None:
    where = place(posts)
    texts = ImportedTexts(posts)
    texts.add(text(where, "A text."))
    texts.flush()
    later = ImportedTexts(posts)
    known = later.find(where, "A text.")
    with_calls = ImportedText(where, "A text.", TextOrigin("b.jsonl", 7, "b"), calls=CALLS)

    assert known is not None
    assert [later.complete(known, with_calls), later.complete(known, with_calls)] == [True, False]
    record = ImportRecord.objects.get()
    assert (record.file, record.row, record.field, record.calls) == ("b.jsonl", 7, "b", list(CALLS))
    assert [known.has_calls for known in [ImportedTexts(posts).find(where, "A text.")]] == [True]


def test_people_may_have_several_texts_of_one_post(posts: PostCollection) -> None:
    where = TextPlace(posts.posts.get().pk, None, "oracle_response")
    texts = ImportedTexts(posts)
    texts.add(text(where, "One."))
    texts.add(text(where, "Two."))
    texts.flush()
    again = ImportedTexts(posts)
    again.add(text(where, "Three."))
    again.flush()

    found = Response.objects.order_by("variant").values_list("variant", "text", "source")
    assert list(found) == [(1, "One.", "human"), (2, "Two.", "human"), (3, "Three.", "human")]


def test_text_that_came_in_by_another_way_is_known(posts: PostCollection) -> None:
    post = posts.posts.get()
    Response.objects.create(
        source="human", post=post, method="oracle_response", text="One.", sha256="0" * 64, status="valid"
    )
    where = TextPlace(post.pk, None, "oracle_response")

    found = ImportedTexts(posts).find(where, "One.")

    assert found is not None
    assert found.response == Response.objects.get().pk


def test_words_are_held_for_a_batch_only(
    posts: PostCollection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    texts = ImportedTexts(posts)
    known = [texts.add(text(place(posts), f"Text {number}.")) for number in range(BATCH)]

    assert {one.draft for one in known} == {None}
    assert Response.objects.count() == BATCH
    with django_assert_num_queries(0):
        texts.flush()


def test_rated_text_counts_as_ratable(posts: PostCollection) -> None:
    texts = ImportedTexts(posts)
    known = texts.add(text(place(posts), "A text.", problems=(Problem.LEAKED_MARKUP,)))
    texts.flush()

    keep_as_rated([known.response])

    stored = Response.objects.get()
    assert (stored.status, stored.problems) == ("valid", ["leaked_markup"])


def test_models_text_without_step_or_import_is_refused_by_the_database(posts: PostCollection) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(
            source="model", post=posts.posts.get(), text="A text.", sha256="0" * 64, status="valid"
        )


def test_posts_come_after_those_that_are_there_and_keep_their_words(posts: PostCollection) -> None:
    known = ImportedPosts(posts)
    first = known.take(PostDraft("one", "Other words", "anger"))
    second = known.take(PostDraft("two", "Q "))

    assert list(Post.objects.values_list("pk", "key", "text", "area", "position")) == [
        (first, "one", "P", "anger", 1),
        (second, "two", "Q ", "", 2),
    ]
    assert (known.has_words("two", " Q"), known.has_words("one", "Other words")) == (True, False)
    assert (len(ImportedPosts(posts)), known.n_new, "two" in known, "three" in known) == (2, 1, True, False)
