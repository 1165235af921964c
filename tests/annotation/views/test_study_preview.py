import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def preview(client: Client, cast: Cast, item: str = "1"):  # noqa: ANN201
    client.force_login(cast.manager)
    return client.get(reverse("study_preview", args=[cast.study.slug]), {"item": item})


def test_items_are_shown_one_by_one_as_raters_see_them(client: Client) -> None:
    cast = make_study(posts=1)
    first, second = cast.study.items.order_by("pk")[:2]

    pages = [preview(client, cast, item) for item in ("1", "2", "99", "x")]

    assert [page.context["item"].response for page in pages[:2]] == [
        first.response.text,
        second.response.text,
    ]
    assert [page.context["page"].number for page in pages] == [1, 2, 4, 1]


def test_every_text_beside_the_items_is_there_to_read(client: Client) -> None:
    cast = make_study(posts=1)
    study = cast.study

    page = preview(client, cast).content.decode()

    texts = [
        study.consent_texts.get().text,
        study.instructions,
        study.support_contact,
        study.concern_protocol,
    ]
    beginnings = [text.split(". ")[0] for text in texts]
    assert [beginning for beginning in beginnings if beginning not in page] == []


def test_preview_is_as_blind_as_the_desk(client: Client) -> None:
    cast = make_study(posts=1)

    page = preview(client, cast).content.decode()

    assert [name for name in ("INDV", "ITER", "vanilla", "+cons", "SmolLM2") if name in page] == []


def test_before_the_first_text_a_sample_says_so(client: Client) -> None:
    cast = make_study(posts=1, is_generated=False)
    cast.study.dimensions.clear()

    page = preview(client, cast)

    assert page.context["is_sample"]
    assert page.context["item"].post == cast.study.posts.posts.get().text
    assert "this is a sample" in page.content.decode()


def test_nothing_can_be_rated_in_the_preview(client: Client) -> None:
    cast = make_study(posts=1)

    page = preview(client, cast).content.decode()

    assert '<fieldset class="desk__rate" id="criteria" disabled>' in page
    assert 'name="submission"' not in page
