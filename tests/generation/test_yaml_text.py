from hypothesis import given
from hypothesis import strategies as st

from generation.constitution import Constitution, DimensionText, content_hash, parse_constitution
from generation.domain.example import FOLDER
from generation.prompt_set import PromptSet, Wording, parse_prompt_set
from generation.prompt_set import content_hash as prompt_hash
from generation.yaml_text import constitution_yaml, prompt_set_yaml
from tests.generation.prompts import CONSTITUTION, PROMPTS

# All that a page or a file can bring in, but for braces, which would be placeholders.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0{}"), min_size=1).filter(
    str.strip
)
awkward = st.sampled_from(
    ["yes", "12", "null", "- a", "a: b", "#", "'", '"', " lead", "trail ", "a\n\n  b\n", "\n\nx", "x\r\ny"]
)
anything = texts | awkward


def dimension(number: int, words: list[str]) -> DimensionText:
    return DimensionText(number, f"key_{number}", words[0], words[1], words[2], words[3], tuple(words[4:]))


@given(st.lists(st.lists(anything, min_size=5, max_size=7), min_size=1, max_size=3), anything)
def test_constitution_is_read_back_to_the_last_character(dimensions: list[list[str]], name: str) -> None:
    constitution = Constitution(
        name, tuple(dimension(number, words) for number, words in enumerate(dimensions, start=1))
    )

    assert parse_constitution(constitution_yaml(constitution)) == constitution


@given(st.lists(anything, min_size=4, max_size=4))
def test_prompt_set_is_read_back_to_the_last_character(words: list[str]) -> None:
    prompts = PromptSet(**{**vars(PROMPTS), "name": words[0], "system": words[1], "reappraise": words[2]})
    prompts = PromptSet(**{**vars(prompts), "revise": f"{words[3]}{{post}}{words[0]}{{response}}"})

    assert parse_prompt_set(prompt_set_yaml(prompts)) == prompts


def test_prompt_set_without_a_system_prompt_is_read_back() -> None:
    prompts = PromptSet(**{**vars(PROMPTS), Wording.SYSTEM.value: ""})

    assert parse_prompt_set(prompt_set_yaml(prompts)) == prompts


def test_examples_keep_their_hash() -> None:
    constitution = parse_constitution((FOLDER / "constitution.yaml").read_text(encoding="utf-8"))
    prompts = parse_prompt_set((FOLDER / "prompt_set.yaml").read_text(encoding="utf-8"))

    again = parse_constitution(constitution_yaml(constitution)), parse_prompt_set(prompt_set_yaml(prompts))

    assert [content_hash(again[0]), prompt_hash(again[1])] == [
        content_hash(constitution),
        prompt_hash(prompts),
    ]


def test_text_of_several_lines_is_written_for_people() -> None:
    prompts = PromptSet(**{**vars(PROMPTS), "appraise": "First line.\n\nSecond: {appraisal_question}"})

    written = prompt_set_yaml(prompts)

    assert "appraise: |-\n  First line.\n\n  Second: {appraisal_question}\n" in written
    assert constitution_yaml(CONSTITUTION).startswith("name: Test constitution\ndimensions:\n- number: 1\n")
