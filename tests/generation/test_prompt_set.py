from dataclasses import asdict, replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import generation
from generation.constitution import parse_constitution
from generation.prompt_set import PromptSetError, Wording, content_hash, parse_prompt_set
from tests.generation.prompts import PROMPTS

EXAMPLE = Path(generation.__file__).parent / "example"


def as_yaml(**changes: str | None) -> str:
    fields = {key: value for key, value in (asdict(PROMPTS) | changes).items() if value is not None}
    return yaml.safe_dump(fields, sort_keys=False)


def test_parse_prompt_set_reads_back_what_was_written() -> None:
    assert parse_prompt_set(as_yaml()) == PROMPTS


def test_parse_prompt_set_allows_an_empty_system_prompt() -> None:
    assert parse_prompt_set(as_yaml(system="")) == replace(PROMPTS, system="")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"revise": None}, "Line 1: missing field 'revise'."),
        ({"revize": "x"}, "Line 12: unknown field 'revize'."),
        ({"reappraise": ""}, "Line 4: 'reappraise' is empty."),
        ({"first_message": "{question}"}, "Line 3: 'first_message' lacks the placeholder {post}."),
        ({"revise": "fixed"}, "Line 9: 'revise' lacks the placeholder {post}, {response}."),
        (
            {"reappraise": "now {guidance}"},
            "Line 4: 'reappraise' holds a placeholder that is not filled in there: {guidance}.",
        ),
        ({"system": "{psot}"}, "Line 2: 'system' holds a placeholder that is not filled in there: {psot}."),
    ],
)
def test_parse_prompt_set_names_line_and_field_of_what_is_wrong(
    changes: dict[str, str | None], message: str
) -> None:
    with pytest.raises(PromptSetError) as raised:
        parse_prompt_set(as_yaml(**changes))

    assert str(raised.value) == message


@given(post=st.text(), question=st.text())
def test_render_fills_in_once_and_byte_for_byte(post: str, question: str) -> None:
    rendered = PROMPTS.render(Wording.FIRST_MESSAGE, {"post": post, "question": question})

    assert rendered == "OPEN " + post + " | " + question


def test_content_hash_ignores_the_name_and_nothing_else() -> None:
    assert content_hash(replace(PROMPTS, name="Other")) == content_hash(PROMPTS)
    changed = {content_hash(replace(PROMPTS, **{wording.value: "x"})) for wording in Wording}
    assert len(changed | {content_hash(PROMPTS)}) == len(Wording) + 1


def test_the_example_study_can_be_parsed() -> None:
    prompts = parse_prompt_set((EXAMPLE / "prompt_set.yaml").read_text())
    constitution = parse_constitution((EXAMPLE / "constitution.yaml").read_text())

    assert prompts.name == "RESORT example prompts"
    assert [dimension.number for dimension in constitution.dimensions] == [1, 4, 6, 7, 8, 23]
