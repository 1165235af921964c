from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from generation.domain.constitution import store_constitution, store_prompt_set
from generation.queries.constitution import newest_constitution_sets
from generation.queries.prompt_set import newest_prompt_sets
from generation.queries.version import newest_version_number, versions_of
from tests.generation.prompts import CONSTITUTION, PROMPTS
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db


def test_newest_version_of_each_set_is_found_with_the_use_of_all(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    used = make_run(posts=1, strategies=["INDV vanilla"])
    make_run(posts=1, strategies=["INDV vanilla"])
    name = used.constitution_set.name
    store_constitution(replace(CONSTITUTION, name=name))
    store_constitution(replace(CONSTITUTION, name="Another", dimensions=CONSTITUTION.dimensions[:2]))

    with django_assert_num_queries(1):
        found = [
            (stored.name, stored.version, stored.n_versions, stored.n_dimensions, stored.n_runs)
            for stored in newest_constitution_sets()
        ]

    assert found == [("Another", 1, 1, 2, 0), (name, 2, 2, 6, 2)]


def test_newest_prompt_sets_are_counted() -> None:
    store_prompt_set(PROMPTS)
    store_prompt_set(replace(PROMPTS, system="X"))

    found = [
        (stored.name, stored.version, stored.n_versions, stored.n_runs) for stored in newest_prompt_sets()
    ]

    assert found == [("Test prompts", 2, 2, 0)]


def test_versions_stand_newest_first_each_with_its_own_use(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = make_run(posts=1, strategies=["INDV vanilla"]).constitution_set
    store_constitution(replace(CONSTITUTION, name=first.name))

    with django_assert_num_queries(1):
        versions = [(version.version, version.n_runs, version.created_by) for version in versions_of(first)]

    assert versions == [(2, 0, None), (1, 1, None)]
    assert newest_version_number(first) == 2
