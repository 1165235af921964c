"""What the example study is made of keeps to what is promised of it."""

from collections import Counter

import pytest

from generation.domain.example import (
    example_human_responses,
    example_posts,
    example_run,
    store_example_constitution,
    store_example_prompts,
)


def test_example_posts_are_24_or_more_from_four_areas_with_60_to_250_words() -> None:
    posts = example_posts()

    assert len(posts) >= 24
    assert Counter(post.area for post in posts).keys() == {
        "anger",
        "anxiety",
        "parenting",
        "illness and isolation",
    }
    assert [post.key for post in posts if not 60 <= len(post.text.split()) <= 250] == []
    assert len({post.key for post in posts}) == len({post.text for post in posts}) == len(posts)


def test_example_human_responses_are_one_of_each_source_for_every_post() -> None:
    texts = example_human_responses()

    sources = ("example_text_a", "example_text_b", "example_text_c")
    assert sorted((text.post, text.method) for text in texts) == sorted(
        (post.key, source) for post in example_posts() for source in sources
    )
    assert {text.dimension for text in texts} == {""}
    assert min(len(text.text.split()) for text in texts) >= 3


@pytest.mark.django_db
def test_example_sets_are_stored_once_and_hold_the_dimensions_of_the_run() -> None:
    constitution_set = store_example_constitution()
    keys = set(constitution_set.dimensions.values_list("key", flat=True))

    assert list(constitution_set.dimensions.values_list("number", flat=True)) == [1, 4, 6, 7, 8, 23]
    assert set(example_run().dimensions) <= keys
    assert store_example_constitution() == constitution_set
    assert store_example_prompts() == store_example_prompts()
