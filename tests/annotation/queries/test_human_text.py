from collections.abc import Sequence

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.enums import RatedUnder
from annotation.models import Study
from annotation.queries.human_text import HumanSource, HumanText, human_sources, human_texts, rated_cells
from generation.enums import ResponseStatus
from generation.models import ConstitutionSet, Dimension, Response
from tests.factories import add_human_texts, make_study

COPING, FEELING = "problem_focused_coping", "emotion_focused_coping"


def text(response_id: int, dimension: str = "", *, post: int = 1, source: str = "expert") -> HumanText:
    return HumanText(response_id, post, post, source, dimension, dimension)


def last(text: HumanText, keys: Sequence[str]) -> str:
    return keys[-1]


def cells(texts: list[HumanText], rated_under: RatedUnder) -> list[tuple[int, str]]:
    found = rated_cells(texts, dimension_keys=["a", "b", "c"], rated_under=rated_under, draw=last)
    return [(text.response_id, key) for text, key in found]


@pytest.mark.parametrize("rated_under", RatedUnder)
def test_text_for_one_dimension_is_rated_under_it_or_not_at_all(rated_under: RatedUnder) -> None:
    assert cells([text(1, "b"), text(2, "z")], rated_under) == [(1, "b")]


def test_other_text_is_rated_under_all_or_the_drawn_dimension() -> None:
    assert cells([text(1)], RatedUnder.ALL) == [(1, "a"), (1, "b"), (1, "c")]
    assert cells([text(1)], RatedUnder.DRAW) == [(1, "c")]


def test_other_text_is_not_rated_where_its_source_has_one_of_its_own() -> None:
    texts = [text(1), text(2, "c"), text(3, "c", post=2), text(4, "c", source="other")]

    assert cells(texts, RatedUnder.ALL) == [(1, "a"), (1, "b"), (2, "c"), (3, "c"), (4, "c")]
    assert cells(texts, RatedUnder.DRAW) == [(1, "b"), (2, "c"), (3, "c"), (4, "c")]
    assert cells([text(1), text(2, "a"), text(3, "b"), text(4, "c")], RatedUnder.DRAW) == [
        (2, "a"),
        (3, "b"),
        (4, "c"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("posts", [1, 3])
def test_sources_are_counted_by_post_and_dimension(
    django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    study = make_study(posts=posts, human_sources=("top_reddit_comment",), is_generated=False).study
    add_human_texts(study, "oracle_response", dimension=FEELING)
    add_human_texts(study, "oracle_response", dimension=COPING, posts=["post-1"])

    with django_assert_num_queries(1):
        sources = human_sources(human_texts(study))

    assert sources == [
        HumanSource(
            "oracle_response",
            posts + 1,
            posts,
            (("Emotion-focused coping", posts), ("Problem-focused coping", 1)),
        ),
        HumanSource("top_reddit_comment", posts, posts, (("", posts),)),
    ]


@pytest.mark.django_db
def test_only_valid_texts_of_the_studys_own_posts_are_there() -> None:
    study = make_study(posts=1, is_generated=False).study
    other = make_study(posts=1, prefix="other-", is_generated=False).study
    add_human_texts(study, "oracle_response")
    add_human_texts(study, "kept_back")
    add_human_texts(other, "of_another_study")
    Response.objects.filter(method="kept_back").update(status=ResponseStatus.EXCLUDED)

    assert [text.source for text in human_texts(study)] == ["oracle_response"]


@pytest.mark.django_db
def test_texts_stay_with_a_newer_version_of_the_set_whose_own_text_counts() -> None:
    study = make_study(posts=2, is_generated=False).study
    add_human_texts(study, "oracle_response", dimension=COPING)
    _take_next_version(study)
    newer = _dimension(study)
    Response.objects.create(
        source="human",
        post=study.posts.posts.get(key="post-1"),
        method="oracle_response",
        dimension=newer,
        text="Newer",
        sha256="0",
        status=ResponseStatus.VALID,
    )

    texts = human_texts(study)

    kept = Response.objects.in_bulk([text.response_id for text in texts])
    assert [(text.post_position, text.dimension_key) for text in texts] == [(1, COPING), (2, COPING)]
    assert [kept[text.response_id].dimension == newer for text in texts] == [True, False]


def _take_next_version(study: Study) -> None:
    dimensions = list(study.constitution_set.dimensions.all())
    study.constitution_set = ConstitutionSet.objects.create(
        name=study.constitution_set.name, version=2, content_hash="2"
    )
    study.save()
    for dimension in dimensions:
        dimension.pk, dimension.constitution_set = None, study.constitution_set
        dimension.save()


def _dimension(study: Study) -> Dimension:
    return study.constitution_set.dimensions.get(key=COPING)
