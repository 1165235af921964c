import html

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.domain.generation import cancel_generation, start_generation
from annotation.models import Item
from annotation.views import study_run_posts
from generation.domain.queue import claim_batch
from generation.enums import ChainStatus, ResponseSource, ResponseStatus, ReviewKind
from generation.models import Chain, Dimension, Post, Response, ResponseReview, Step
from generation.validation import Problem
from tests.factories import Cast, make_study, write_all

pytestmark = pytest.mark.django_db


def list_page(client: Client, cast: Cast, query: str = ""):  # noqa: ANN201
    client.force_login(cast.manager)
    return client.get(reverse("study_run_posts", args=[cast.study.slug]) + query)


def post_page(client: Client, cast: Cast, position: int = 1):  # noqa: ANN201
    client.force_login(cast.manager)
    return client.get(reverse("study_run_post", args=[cast.study.slug, position]))


def shown(response) -> list[tuple[str | None, list[tuple[str, str]]]]:  # noqa: ANN001
    """Return each group's dimension with the titles and states of its texts."""
    return [
        (group.dimension and group.dimension.name, [(text.title, text.state) for text in group.texts])
        for group in response.context["groups"]
    ]


def test_texts_stand_side_by_side_grouped_by_dimension(client: Client) -> None:
    cast = make_study(posts=2, is_open=False)
    dimension = Dimension.objects.get(number=7)
    post = Post.objects.get(position=1)
    Response.objects.create(
        source=ResponseSource.HUMAN,
        post=post,
        method="oracle_response",
        dimension=dimension,
        text="Be kind to yourself.",
        status="valid",
    )

    page = post_page(client, cast)

    assert shown(page) == [
        (None, [("Asked and no more", "Can be rated"), ("Revised with guidance", "Can be rated")]),
        (Dimension.objects.get(number=4).name, [("With guidance", "Can be rated")]),
        (dimension.name, [("With guidance", "Can be rated"), ("Written by an expert", "Not rated here")]),
    ]
    body = html.unescape(page.content.decode())
    texts = Response.objects.filter(post=post).values_list("text", flat=True)
    assert all(text in body for text in [post.text, *texts])


def test_persons_text_leads_to_its_origin_where_the_study_rates_it(client: Client) -> None:
    cast = make_study(posts=1, strategies=("INDV vanilla",), is_open=False)
    post, dimension = Post.objects.get(), cast.study.dimensions.all()[0]
    person = {"source": ResponseSource.HUMAN, "post": post, "status": "valid"}
    rated = Response.objects.create(**person, method="oracle_response", text="Rest a while.")
    other = Response.objects.create(**person, method="top_reddit_comment", text="Been there.")
    condition = cast.study.conditions.create(source="human", method="oracle_response", position=9)
    cast.study.items.create(post=post, condition=condition, dimension=dimension, response=rated)

    page = post_page(client, cast)

    [group] = page.context["groups"]
    assert [text.state for text in group.texts[1:]] == ["Can be rated", "Not rated here"]
    links = [reverse("study_response", args=[cast.study.slug, text.pk]) for text in (rated, other)]
    assert [link in page.content.decode() for link in links] == [True, False]
    assert client.get(links[0]).status_code == 200


def test_earlier_versions_of_a_revised_text_are_there_on_demand(client: Client) -> None:
    cast = make_study(posts=1, strategies=("ITER +cons",), is_open=False)

    text = post_page(client, cast).context["groups"][0].texts[0]

    assert [version.step.index for version in text.earlier] == [0]
    assert text.response.step.index == 1


def test_each_state_is_named_with_its_reasons(client: Client) -> None:
    cast = make_study(posts=1, is_open=False)
    vanilla, revised, first, second = Chain.objects.order_by(
        F("dimension__number").asc(nulls_first=True), "id"
    )
    Response.objects.filter(chain=vanilla).update(status=ResponseStatus.NEEDS_REVIEW, problems=["truncated"])
    Response.objects.filter(chain=revised, is_final=True).update(status=ResponseStatus.EXCLUDED)
    Item.objects.update(response=None)
    Response.objects.filter(chain=first).delete()
    Step.objects.filter(chain=first).update(status="failed", failure_kind="refused")
    Chain.objects.filter(pk=first.pk).update(status=ChainStatus.FAILED)
    ResponseReview.objects.create(
        response=second.responses.get(), kind=ReviewKind.EDITED, text_before="a", text_after="b"
    )

    groups = post_page(client, cast).context["groups"]

    assert [(text.state, text.reasons) for group in groups for text in group.texts] == [
        ("Needs review", (Problem("truncated").sentence,)),
        ("Excluded", ()),
        ("Failed", ("The model refused to answer.",)),
        ("Can be rated, edited", ()),
    ]


def test_text_that_needs_review_leads_to_its_review(client: Client) -> None:
    cast = make_study(posts=1, strategies=("INDV vanilla", "ITER +cons"), is_open=False)
    flawed = Response.objects.get(chain__strategy="INDV vanilla")
    Response.objects.filter(pk=flawed.pk).update(status=ResponseStatus.NEEDS_REVIEW, problems=["truncated"])

    page = post_page(client, cast).content.decode()

    assert [
        reverse("study_review", args=[cast.study.slug, text.pk]) in page for text in Response.objects.all()
    ] == [text == flawed for text in Response.objects.all()]


def test_texts_that_are_not_there_yet_say_so(client: Client) -> None:
    cast = make_study(posts=1, strategies=("INDV vanilla", "ITER +cons"), is_generated=False)
    start_generation(cast.study, by=cast.manager)
    claim_batch(worker="pen", limit=1)

    under_way = shown(post_page(client, cast))
    cancel_generation(cast.study, by=cast.manager)
    cancelled = shown(post_page(client, cast))

    assert under_way == [
        (None, [("Asked and no more", "Being written"), ("Revised with guidance", "Waiting")])
    ]
    assert cancelled == [(None, [("Asked and no more", "Given up"), ("Revised with guidance", "Given up")])]


def test_page_before_any_generation_says_that_there_are_no_texts(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)

    assert "No texts yet" in post_page(client, cast).content.decode()


def test_post_leads_to_the_one_before_and_the_one_after(client: Client) -> None:
    cast = make_study(posts=3, is_open=False)

    first, last = post_page(client, cast, 1).content.decode(), post_page(client, cast, 3).content.decode()

    assert ('rel="prev"' in first, 'rel="next"' in first) == (False, True)
    assert ('rel="prev"' in last, 'rel="next"' in last) == (True, False)


def test_post_that_is_not_there_is_not_found(client: Client) -> None:
    cast = make_study(posts=1, is_open=False)

    assert post_page(client, cast, 2).status_code == 404


def test_list_comes_in_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_run_posts, "POSTS_A_PAGE", 2)
    cast = make_study(posts=3, is_open=False)

    pages = [list_page(client, cast, query) for query in ("", "?page=2", "?page=none")]

    assert [[post.key for post in page.context["posts"]] for page in pages] == [
        ["post-1", "post-2"],
        ["post-3"],
        ["post-1", "post-2"],
    ]


@pytest.mark.parametrize("posts", [1, 3])
def test_list_takes_the_same_queries_for_one_post_and_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    cast = make_study(posts=posts, is_open=False)
    client.force_login(cast.manager)

    with django_assert_num_queries(6):
        client.get(reverse("study_run_posts", args=[cast.study.slug]))


@pytest.mark.parametrize("strategies", [("INDV vanilla",), ("INDV vanilla", "ITER +cons", "INDV +cons")])
def test_post_takes_the_same_queries_for_one_text_and_four(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, strategies: tuple[str, ...]
) -> None:
    cast = make_study(posts=2, strategies=strategies, is_generated=False)
    write_all(start_generation(cast.study, by=cast.manager))
    client.force_login(cast.manager)

    with django_assert_num_queries(12):
        client.get(reverse("study_run_post", args=[cast.study.slug, 1]))
