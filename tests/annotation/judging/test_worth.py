import pytest

from annotation.judging.worth import billions_in, worth_warnings


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("SmolLM2-135M-Instruct", 0.135),
        ("Llama-2-13b-chat-hf", 13.0),
        ("mistralai/Mistral-7B-Instruct-v0.1", 7.0),
        ("Qwen2.5-0.5B-Instruct", 0.5),
        ("gpt-4-turbo", None),
        ("phi-3-mini-4k", None),
        ("claude-3b2", None),
    ],
)
def test_size_is_read_from_a_name_that_states_it(name: str, billions: float | None) -> None:
    assert billions_in(name) == billions


def test_very_small_model_is_called_one_and_a_large_one_is_not() -> None:
    small = worth_warnings("SmolLM2-135M-Instruct", n_answered=0, n_scores=0, commonest={})
    large = worth_warnings("Llama-2-13b-chat-hf", n_answered=0, n_scores=0, commonest={})

    assert [text.split(".")[0] for text in small] == [
        "SmolLM2-135M-Instruct is a very small model, with about 135 million parameters"
    ]
    assert large == []


def test_results_are_told_whatever_the_model() -> None:
    found = worth_warnings(
        "gpt-4", n_answered=40, n_scores=30, commonest={"Empathy": ("4", 19, 20), "Harm": ("No", 5, 10)}
    )

    assert found == [
        "10 of 40 replies (25%) hold no score. What is left is a selection, and need not be like the rest.",
        "It says nearly always the same, so it does not tell texts apart: Empathy “4” (19 of 20 scores).",
    ]


def test_judge_without_any_score_is_told_so() -> None:
    found = worth_warnings("gpt-4", n_answered=24, n_scores=0, commonest={})

    assert found == ["Not one of its 24 replies holds a score."]


def test_few_replies_are_no_ground_for_a_warning() -> None:
    assert worth_warnings("gpt-4", n_answered=9, n_scores=1, commonest={"Empathy": ("4", 9, 9)}) == []
