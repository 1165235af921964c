from dataclasses import replace

import pytest

from generation.domain.model_spec import (
    ModelChangedError,
    ModelDraft,
    ModelSpecError,
    add_model,
    change_model,
    draft_of,
)
from generation.models import ModelSpec
from tests.factories import make_user
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

DRAFT = ModelDraft(
    name="Mistral",
    backend="transformers",
    model="mistralai/Mistral-7B-Instruct-v0.1",
    revision="a" * 40,
    gguf_file="",
    dtype="bfloat16",
    chat_format="template",
    base_url="",
    api_version="",
    api_key_variable="",
    concurrency=8,
)


def test_model_is_added_with_who_added_it() -> None:
    by = make_user()

    spec = add_model(DRAFT, by=by)

    stored = ModelSpec.objects.get(pk=spec.pk)
    assert (draft_of(stored), stored.created_by) == (DRAFT, by)


def test_model_with_a_taken_name_is_refused() -> None:
    by = make_user()
    add_model(DRAFT, by=by)

    with pytest.raises(ModelSpecError, match="Another model has this name"):
        add_model(DRAFT, by=by)

    assert ModelSpec.objects.count() == 1


def test_model_is_changed_until_a_run_has_used_it() -> None:
    spec = add_model(DRAFT, by=make_user())
    changed = replace(DRAFT, name="Mistral 7B", revision="b" * 40)

    change_model(spec, changed, seen=DRAFT.fingerprint)

    assert draft_of(ModelSpec.objects.get(pk=spec.pk)) == changed


def test_used_model_stays() -> None:
    spec = make_run(posts=1).run_models.get().model_spec

    with pytest.raises(ModelSpecError, match="can no longer be changed"):
        change_model(spec, DRAFT, seen=draft_of(spec).fingerprint)

    assert draft_of(ModelSpec.objects.get(pk=spec.pk)) == draft_of(spec)


def test_second_of_two_people_is_told_and_may_save_on_top() -> None:
    spec = add_model(DRAFT, by=make_user())
    hers, mine = replace(DRAFT, dtype="float32"), replace(DRAFT, name="Mistral 7B")
    change_model(spec, hers, seen=DRAFT.fingerprint)

    with pytest.raises(ModelChangedError) as caught:
        change_model(spec, mine, seen=DRAFT.fingerprint)
    kept = draft_of(ModelSpec.objects.get(pk=spec.pk))
    change_model(spec, mine, seen=draft_of(caught.value.stored).fingerprint)

    assert kept == hers
    assert draft_of(ModelSpec.objects.get(pk=spec.pk)) == mine


def test_two_people_who_enter_the_same_are_not_disturbed() -> None:
    spec = add_model(DRAFT, by=make_user())
    change_model(spec, replace(DRAFT, dtype="float32"), seen=DRAFT.fingerprint)

    change_model(spec, replace(DRAFT, dtype="float32"), seen=DRAFT.fingerprint)

    assert draft_of(ModelSpec.objects.get(pk=spec.pk)) == replace(DRAFT, dtype="float32")
