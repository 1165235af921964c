import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.generation import start_generation
from annotation.models import Item
from annotation.queries.run_post import (
    Neighbours,
    chains_of_post,
    human_responses_to,
    neighbours_of,
    posts_in_numbers,
)
from generation.domain.run import regenerate
from generation.enums import ChainStatus, ResponseSource, ResponseStatus
from generation.models import Chain, Post, Response
from tests.factories import Cast, make_study, write_all

pytestmark = pytest.mark.django_db

NUMBERS = ("n_planned", "n_failed", "n_ratable", "n_to_review", "n_excluded", "n_human")


def numbers(cast: Cast) -> list[tuple[int, ...]]:
    return list(posts_in_numbers(cast.study).values_list("position", *NUMBERS))


def write_as_person(post: Post, **fields: object) -> Response:
    return Response.objects.create(
        source=ResponseSource.HUMAN, post=post, text="Be kind to yourself.", status="valid", **fields
    )


def test_posts_count_their_current_texts_by_state() -> None:
    cast = make_study(posts=2, is_open=False)
    first = Post.objects.get(position=1)
    texts = list(Response.objects.filter(post=first, is_final=True).order_by("id"))
    Response.objects.filter(pk=texts[0].pk).update(status=ResponseStatus.NEEDS_REVIEW)
    Response.objects.filter(pk=texts[1].pk).update(status=ResponseStatus.EXCLUDED)
    Chain.objects.filter(responses=texts[2]).update(status=ChainStatus.FAILED)
    Item.objects.update(response=None)
    texts[2].delete()
    write_as_person(first, method="top_reddit_comment")

    assert numbers(cast) == [(1, 4, 1, 1, 1, 1, 1), (2, 4, 0, 4, 0, 0, 0)]


def test_text_that_is_written_again_counts_once() -> None:
    cast = make_study(posts=1, is_open=False)
    regenerate(Chain.objects.filter(strategy="INDV vanilla").get())

    assert numbers(cast) == [(1, 4, 0, 3, 0, 0, 0)]


def test_another_study_on_the_same_posts_is_left_out() -> None:
    cast, other = make_study(posts=1, is_open=False), make_study(posts=1, is_generated=False, prefix="other-")
    other.study.posts = cast.study.posts
    other.study.save()
    run = start_generation(other.study, by=other.manager)
    write_all(run)
    post = Post.objects.get(collection=cast.study.posts)

    assert numbers(cast) == [(1, 4, 0, 4, 0, 0, 0)]
    assert {chain.run_model.run_id for chain in chains_of_post(cast.study, post)} == {cast.study.run_id}


def test_chains_come_by_dimension_those_for_none_first() -> None:
    cast = make_study(posts=1, is_open=False)

    chains = chains_of_post(cast.study, Post.objects.get())

    assert [(chain.dimension and chain.dimension.number, chain.strategy) for chain in chains] == [
        (None, "INDV vanilla"),
        (None, "ITER +cons"),
        (4, "INDV +cons"),
        (7, "INDV +cons"),
    ]


def test_people_s_texts_on_the_post_are_found() -> None:
    make_study(posts=2, is_open=False)
    first, second = Post.objects.order_by("position")
    comment = write_as_person(first, method="top_reddit_comment")
    expert = write_as_person(first, method="oracle_response")
    write_as_person(second, method="oracle_response")

    assert list(human_responses_to(first)) == [expert, comment]


def test_neighbours_end_at_either_end() -> None:
    make_study(posts=3, is_generated=False)
    posts = Post.objects.order_by("position")

    assert [neighbours_of(post) for post in posts] == [
        Neighbours(None, 2, 3),
        Neighbours(1, 3, 3),
        Neighbours(2, None, 3),
    ]


@pytest.mark.parametrize("posts", [1, 3])
def test_list_takes_one_query_however_many_posts(
    django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    cast = make_study(posts=posts, is_open=False)

    with django_assert_num_queries(1):
        found = list(posts_in_numbers(cast.study))

    assert len(found) == posts
