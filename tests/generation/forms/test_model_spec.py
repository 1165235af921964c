from pathlib import Path

import pytest
from pytest_django import Settings

from generation.forms.model_spec import ModelForm, is_hub_id
from tests.generation.views.test_model_spec import API, LOCAL

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (
            LOCAL | {"revision": ""},
            "revision",
            "Please give the commit of the hub's model. Without it nobody",
        ),
        (LOCAL | {"revision": "main"}, "revision", "Please give the whole commit, 40 characters"),
        (LOCAL | {"revision": "A" * 40}, "revision", "Please give the whole commit, 40 characters"),
        (API | {"base_url": "ftp://example.org"}, "base_url", "must begin with http:// or https://"),
        (API | {"base_url": "example.org/v1"}, "base_url", "must begin with http:// or https://"),
        (API | {"base_url": "https://example.org/?key=1"}, "base_url", "a key belongs into a variable"),
        (API | {"base_url": "https://me:secret@example.org"}, "base_url", "This may be a key"),
        (API | {"api_version": "newest"}, "api_version", "An Azure version is a date"),
        (
            API | {"api_version": "2024-10-21", "base_url": ""},
            "base_url",
            "the address of your Azure resource",
        ),
        (API | {"api_key_variable": "DATABASE_URL"}, "api_key_variable", "must end with KEY or TOKEN"),
        (API | {"api_key_variable": "SECRET_KEY"}, "api_key_variable", "have no SECRET in it"),
        (API | {"concurrency": "0"}, "concurrency", "greater than or equal to 1"),
    ],
)
def test_field_says_what_is_wrong(data: dict[str, str], field: str, words: str) -> None:
    form = ModelForm(data)

    assert list(form.errors) == [field]
    assert words in form.errors[field][0]


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("api_key_variable", "sk-proj-0123456789abcdef"),
        ("api_key_variable", "0123456789abcdef0123456789abcdef"),
        ("api_key_variable", "AKIA0123456789ABCDEF"),
        ("api_key_variable", "not a variable"),
        ("name", "GPT-4 sk-proj-0123456789abcdef"),
        ("model", "hf_AbCdEfGhIjKlMnOpQrSt"),
        ("base_url", "https://example.org/sk-0123456789abcdef"),
        ("api_version", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_key_is_taken_out_of_the_form_and_of_what_is_kept(field: str, key: str) -> None:
    form = ModelForm(API | {field: key})

    assert "This may be a key" in form.errors[field][0]
    assert form[field].value() == ""
    assert field not in form.cleaned_data
    assert key not in str(form)


def test_names_that_are_no_keys_pass() -> None:
    names = {
        "model": "Mistral_7B_Instruct_v0_1_q4_K_M_with_a_long_name",
        "api_key_variable": "azure_openai_key",
    }

    assert ModelForm(API | names).errors == {}


def test_other_kinds_fields_are_not_kept() -> None:
    local = ModelForm(LOCAL | {"base_url": "x", "concurrency": "", "api_key_variable": "A_KEY"})
    api = ModelForm(API | {"revision": "main", "dtype": "float32", "chat_format": "plain"})

    assert (local.errors, api.errors) == ({}, {})
    assert (local.draft().base_url, local.draft().concurrency, local.draft().api_key_variable) == ("", 8, "")
    assert (api.draft().revision, api.draft().dtype, api.draft().chat_format) == ("", "auto", "template")


def test_folder_needs_no_revision(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "models" / "ours" / "tuned").mkdir(parents=True)

    found = {
        model: is_hub_id(model)
        for model in (
            "ours/tuned",
            "ours/other",
            str(tmp_path),
            "SmolLM2-135M-Instruct",
            "/a/b",
            "./a",
            "~/a",
        )
    }

    assert [model for model, is_hub in found.items() if is_hub] == ["ours/other"]
    assert ModelForm(LOCAL | {"model": "ours/tuned", "revision": ""}).errors == {}
