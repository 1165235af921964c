import threading
from dataclasses import replace

import pytest
from django.db import connection

from annotation.domain.errors import StudyError
from annotation.domain.judge_prompt_set import (
    example_judge_wording,
    store_edited_judge_prompts,
    store_example_judge_prompts,
    store_judge_prompt_set,
)
from annotation.judging.prompt_set import content_hash
from annotation.models import JudgePromptSet
from annotation.queries.judge_prompt_set import (
    find_judge_prompt_set,
    newest_judge_prompt_sets,
    wording_of,
)
from tests.factories import make_user


@pytest.mark.django_db
def test_wording_comes_back_as_it_was_stored_with_the_hash_of_its_file() -> None:
    stored = store_example_judge_prompts()

    assert wording_of(stored) == example_judge_wording()
    assert stored.content_hash == content_hash(example_judge_wording())


@pytest.mark.django_db
def test_same_wording_is_stored_once_and_another_is_a_new_version() -> None:
    wording = example_judge_wording()
    user = make_user()

    first = store_judge_prompt_set(wording, note="First.")
    again = store_judge_prompt_set(wording, note="Again.")
    second = store_judge_prompt_set(replace(wording, system="Be fair."), note="Fair.", created_by=user)

    assert (again, again.note) == (first, "First.")
    assert (second.version, second.note, second.created_by) == (2, "Fair.", user)
    assert find_judge_prompt_set(wording.name) == second
    assert [(one.pk, one.n_versions, one.n_runs) for one in newest_judge_prompt_sets()] == [(second.pk, 2, 0)]


@pytest.mark.django_db
def test_edit_keeps_the_name_and_is_refused_on_top_of_a_version_that_was_not_seen() -> None:
    user, base = make_user(), store_example_judge_prompts()
    edited = replace(example_judge_wording(), name="Another", system="Be fair.")

    saved = store_edited_judge_prompts(base, edited, newest_seen=1, note="", by=user)
    with pytest.raises(StudyError, match="Version 2 was saved meanwhile"):
        store_edited_judge_prompts(base, replace(edited, system="Be kind."), newest_seen=1, note="", by=user)

    assert (saved.name, saved.version) == (base.name, 2)
    assert JudgePromptSet.objects.filter(name=base.name).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_store_at_once_get_versions_of_their_own() -> None:
    wordings = [replace(example_judge_wording(), system=f"Version of {n}.") for n in range(4)]
    ready = threading.Barrier(len(wordings))

    def store(number: int) -> None:
        ready.wait()
        store_judge_prompt_set(wordings[number])
        connection.close()

    threads = [threading.Thread(target=store, args=[number]) for number in range(len(wordings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(JudgePromptSet.objects.values_list("version", flat=True)) == [1, 2, 3, 4]
