import threading
from dataclasses import replace

import pytest
from django.db import connection

from generation.domain.constitution import store_constitution, store_prompt_set
from generation.models import ConstitutionSet, PromptSet
from generation.queries.constitution import (
    constitution_of,
    find_constitution_set,
    find_prompt_set,
    prompts_of,
)
from tests.factories import make_user
from tests.generation.prompts import CONSTITUTION, PROMPTS


@pytest.mark.django_db
def test_sets_are_stored_with_where_they_are_from() -> None:
    user = make_user()

    constitution_set = store_constitution(CONSTITUTION, note="From the folder x.", created_by=user)
    prompt_set = store_prompt_set(PROMPTS, note="From the file y.", created_by=user)

    assert (constitution_set.note, constitution_set.created_by) == ("From the folder x.", user)
    assert (prompt_set.note, prompt_set.created_by) == ("From the file y.", user)
    assert (constitution_of(constitution_set), prompts_of(prompt_set)) == (CONSTITUTION, PROMPTS)


@pytest.mark.django_db
def test_same_content_is_stored_once_and_keeps_its_note() -> None:
    first = store_constitution(CONSTITUTION, note="First."), store_prompt_set(PROMPTS, note="First.")
    again = store_constitution(CONSTITUTION, note="Again."), store_prompt_set(PROMPTS, note="Again.")

    assert again == first
    assert [stored.note for stored in again] == ["First.", "First."]


@pytest.mark.django_db
def test_changed_content_is_the_next_version_which_is_found_by_the_name() -> None:
    old = store_constitution(CONSTITUTION), store_prompt_set(PROMPTS)
    new = (
        store_constitution(replace(CONSTITUTION, dimensions=CONSTITUTION.dimensions[:2])),
        store_prompt_set(replace(PROMPTS, system="")),
    )

    assert [stored.version for stored in new] == [2, 2]
    assert (find_constitution_set(CONSTITUTION.name), find_prompt_set(PROMPTS.name)) == new
    assert (find_constitution_set(str(old[0].pk)), find_prompt_set(str(old[1].pk))) == old
    assert (find_constitution_set("nobody's"), find_prompt_set("9" * 30)) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_same_and_other_contents_stored_at_once_are_one_version_each() -> None:
    contents = [CONSTITUTION, replace(CONSTITUTION, dimensions=CONSTITUTION.dimensions[:2])] * 2
    failures: list[Exception] = []
    together = threading.Barrier(len(contents))

    def store(number: int) -> None:
        try:
            together.wait()
            store_constitution(contents[number])
        except Exception as error:  # told below, in the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=store, args=[number]) for number in range(len(contents))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(ConstitutionSet.objects.values_list("version", flat=True)) == [1, 2]
    assert not PromptSet.objects.exists()
