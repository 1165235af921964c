import threading
from dataclasses import replace

import pytest
from django.db import connection

from generation.domain.constitution import store_constitution, store_prompt_set
from generation.domain.constitution_version import (
    NameTakenError,
    NewerVersionError,
    SavedVersion,
    copy_constitution_set,
    copy_prompt_set,
    store_edited_constitution,
    store_edited_prompt_set,
    store_uploaded_constitution,
    store_uploaded_prompt_set,
)
from generation.models import ConstitutionSet, PromptSet
from generation.queries.constitution import constitution_of, prompts_of
from tests.factories import make_user
from tests.generation.prompts import CONSTITUTION, PROMPTS

pytestmark = pytest.mark.django_db


def changed(aim: str):  # noqa: ANN201
    first, *others = CONSTITUTION.dimensions
    return replace(CONSTITUTION, dimensions=(replace(first, aim=aim), *others))


def test_edited_constitution_is_a_new_version_with_note_and_name() -> None:
    base, by = store_constitution(CONSTITUTION), make_user()

    saved = store_edited_constitution(base, changed("Kinder."), newest_seen=1, note="Kinder", by=by)

    stored = ConstitutionSet.objects.get(pk=saved.version.pk)
    assert saved == SavedVersion(stored, is_new=True)
    assert (stored.name, stored.version, stored.note, stored.created_by) == (base.name, 2, "Kinder", by)
    assert constitution_of(stored) == changed("Kinder.")
    assert constitution_of(base) == CONSTITUTION


def test_unchanged_content_makes_no_version() -> None:
    base, by = store_constitution(CONSTITUTION), make_user()
    store_edited_constitution(base, changed("Kinder."), newest_seen=1, note="", by=by)

    saved = store_edited_constitution(base, CONSTITUTION, newest_seen=1, note="Again", by=by)

    assert saved == SavedVersion(base, is_new=False)
    assert list(ConstitutionSet.objects.values_list("version", "note")) == [(2, ""), (1, "")]


def test_second_of_two_people_is_told_and_may_save_on_top() -> None:
    base, by = store_constitution(CONSTITUTION), make_user()
    first = store_edited_constitution(base, changed("Hers."), newest_seen=1, note="Hers", by=by)

    with pytest.raises(NewerVersionError) as caught:
        store_edited_constitution(base, changed("Mine."), newest_seen=1, note="Mine", by=by)
    saved = store_edited_constitution(base, changed("Mine."), newest_seen=2, note="Mine", by=by)

    assert caught.value.newest == first.version
    assert (saved.version.version, saved.version.note) == (3, "Mine (from version 1)")
    assert constitution_of(saved.version) == changed("Mine.")


def test_dimensions_are_stored_by_number_whatever_their_order_in_a_file() -> None:
    backwards = replace(CONSTITUTION, dimensions=CONSTITUTION.dimensions[::-1])

    saved = store_uploaded_constitution(backwards, note="", by=make_user())
    again = store_uploaded_constitution(CONSTITUTION, note="", by=make_user("other"))

    assert constitution_of(saved.version) == CONSTITUTION
    assert (again.version, again.is_new) == (saved.version, False)


def test_copy_begins_a_set_of_its_own() -> None:
    base, by = store_constitution(CONSTITUTION), make_user()

    saved = copy_constitution_set(base, name="Ours", by=by)

    stored = saved.version
    assert (stored.name, stored.version, stored.created_by) == ("Ours", 1, by)
    assert stored.note == "A copy of Test constitution, version 1."
    assert stored.content_hash == base.content_hash


def test_copy_under_a_taken_name_is_refused() -> None:
    base, prompts, by = store_constitution(CONSTITUTION), store_prompt_set(PROMPTS), make_user()

    with pytest.raises(NameTakenError, match="constitution set with the name “test CONSTITUTION” already"):
        copy_constitution_set(base, name="test CONSTITUTION", by=by)
    with pytest.raises(NameTakenError, match="prompt set with the name “Test prompts” already"):
        copy_prompt_set(prompts, name="Test prompts", by=by)

    assert (ConstitutionSet.objects.count(), PromptSet.objects.count()) == (1, 1)


def test_edited_prompt_set_is_a_new_version() -> None:
    base, by = store_prompt_set(PROMPTS), make_user()
    edited = replace(PROMPTS, system="KINDER SYSTEM")

    saved = store_edited_prompt_set(base, edited, newest_seen=1, note="Kinder", by=by)

    stored = saved.version
    assert (stored.version, stored.note, stored.created_by, saved.is_new) == (2, "Kinder", by, True)
    assert prompts_of(PromptSet.objects.get(pk=stored.pk)) == edited
    with pytest.raises(NewerVersionError):
        store_edited_prompt_set(base, replace(PROMPTS, system="X"), newest_seen=1, note="", by=by)


def test_uploaded_prompt_set_of_a_known_name_is_a_new_version() -> None:
    by = make_user()

    saved = [
        store_uploaded_prompt_set(prompts, note="From a file.", by=by)
        for prompts in (PROMPTS, replace(PROMPTS, system="X"), PROMPTS)
    ]

    assert [(one.version.version, one.is_new) for one in saved] == [(1, True), (2, True), (1, False)]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_save_at_once_one_is_told() -> None:
    base, by = store_constitution(CONSTITUTION), make_user()
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def save(aim: str) -> None:
        together.wait()
        try:
            store_edited_constitution(base, changed(aim), newest_seen=1, note="", by=by)
        except NewerVersionError as error:
            outcomes.append(f"told of version {error.newest.version}")
        else:
            outcomes.append("saved")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[aim]) for aim in ("Hers.", "Mine.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["saved", "told of version 2"]
    assert ConstitutionSet.objects.count() == 2
