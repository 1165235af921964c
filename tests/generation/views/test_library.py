from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from generation.domain.constitution import store_constitution, store_prompt_set
from generation.models import ModelSpec
from tests.factories import make_study, make_user
from tests.generation.prompts import CONSTITUTION, PROMPTS

pytestmark = pytest.mark.django_db


def test_empty_library_says_what_comes_next(client: Client) -> None:
    client.force_login(make_user("root", is_superuser=True))

    page = client.get(reverse("library")).content.decode()

    assert [words in page for words in ("No constitution set yet", "No prompt set yet", "No model yet")] == [
        True,
        True,
        True,
    ]


def test_newest_versions_stand_with_their_use(client: Client) -> None:
    cast = make_study(posts=1)
    name = cast.study.constitution_set.name
    newest = store_constitution(replace(CONSTITUTION, name=name))
    client.force_login(cast.manager)

    context = client.get(reverse("library")).context

    assert [(stored.pk, stored.n_versions, stored.n_runs) for stored in context["constitution_sets"]] == [
        (newest.pk, 2, 1)
    ]
    assert [(stored.version, stored.n_runs) for stored in context["prompt_sets"]] == [(1, 1)]
    assert [(model.name, model.n_runs) for model in context["models"]] == [("SmolLM2-135M-Instruct", 1)]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("library", 6), ("model_list", 4)])
def test_queries_do_not_grow_with_rows(
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
    page: str,
    queries: int,
) -> None:
    for row in range(rows):
        store_constitution(replace(CONSTITUTION, name=f"Set {row}"))
        store_prompt_set(replace(PROMPTS, name=f"Set {row}"))
        ModelSpec.objects.create(name=f"Model {row}", model="m")
    client.force_login(make_user("root", is_superuser=True))

    with django_assert_num_queries(queries):
        client.get(reverse(page))


@pytest.mark.parametrize("n_versions", [1, 3])
@pytest.mark.parametrize(("start", "queries"), [("constitution", 7), ("prompt_set", 5)])
def test_queries_do_not_grow_with_versions(
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    n_versions: int,
    start: str,
    queries: int,
) -> None:
    user = make_user("root", is_superuser=True)
    for number in range(n_versions):
        first, *others = CONSTITUTION.dimensions
        constitution = replace(CONSTITUTION, dimensions=(replace(first, aim=f"Aim {number}"), *others))
        stored = {
            "constitution": store_constitution(constitution, created_by=user),
            "prompt_set": store_prompt_set(replace(PROMPTS, system=f"S {number}"), created_by=user),
        }
    client.force_login(user)

    with django_assert_num_queries(queries):
        client.get(reverse(f"{start}_detail", args=[stored[start].pk]))


@pytest.mark.parametrize(
    "name", ["constitution_copy", "constitution_upload", "prompt_set_copy", "prompt_set_upload"]
)
def test_address_of_a_sent_form_leads_back_to_the_form(client: Client, name: str) -> None:
    client.force_login(make_user("root", is_superuser=True))

    response = client.get(reverse(name))

    assert response["Location"] == reverse(f"{name.rpartition('_')[0]}_new")


def test_empty_state_has_the_heading_level_of_its_page(client: Client) -> None:
    client.force_login(make_user("root", is_superuser=True))

    pages = [client.get(reverse(name)).content.decode() for name in ("library", "model_list")]

    assert ["<h3>No model yet</h3>" in pages[0], "<h2>No model yet</h2>" in pages[1]] == [True, True]
