import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.constitution import Constitution, DimensionText
from generation.prompt_set import PromptSet, parse_prompt_set
from generation.strategies import (
    STRATEGIES,
    Message,
    chain_dimensions,
    chains_per_post,
    count_calls,
    current_text,
    next_messages,
    plan_calls,
)
from tests.generation.prompts import CONSTITUTION, KEYS, PROMPTS

RELEASE = Path(__file__).resolve().parents[3] / "shared" / "data" / "resort_release"
TWO = ("blame", "steps")

Authors = tuple[Constitution, PromptSet]


def ask(
    key: str, answers: list[str], *, dimensions: Sequence[str] = TWO, post: str = "P"
) -> tuple[Message, ...] | None:
    return next_messages(
        STRATEGIES[key],
        post=post,
        constitution=CONSTITUTION,
        prompts=PROMPTS,
        dimensions=dimensions,
        answers=answers,
    )


def turns(key: str, *, dimensions: Sequence[str] = TWO) -> list[list[str]]:
    """Every chat of a chain in which call n is answered 'A<n>', without system turn; answers after >."""
    chats: list[list[str]] = []
    while (messages := ask(key, [f"A{n}" for n in range(len(chats))], dimensions=dimensions)) is not None:
        assert messages[0] == Message("system", "SYSTEM")
        chats.append([("> " if turn.role == "assistant" else "") + turn.content for turn in messages[1:]])
    return chats


def test_strategies_are_the_eight_of_the_paper_in_order() -> None:
    assert list(STRATEGIES) == [
        "INDV vanilla",
        "INDV +cons",
        "INDV +appr",
        "INDV +appr +cons",
        "ITER self-refine",
        "ITER +cons",
        "ITER +appr",
        "ITER +appr +cons",
    ]


def test_count_calls_for_six_dimensions_is_that_of_the_paper() -> None:
    calls = [count_calls(strategy, KEYS) for strategy in STRATEGIES.values()]

    assert calls == [1, 6, 12, 12, 6, 6, 12, 18]
    assert sum(calls) * 400 == 29_200


def test_chains_per_post_is_one_or_one_a_dimension() -> None:
    chains = [chains_per_post(strategy, KEYS) for strategy in STRATEGIES.values()]

    assert chains == [1, 6, 6, 6, 1, 1, 1, 1]


def test_chain_dimensions_of_vanilla_are_none() -> None:
    assert chain_dimensions(STRATEGIES["INDV vanilla"], TWO) == ((),)
    assert chain_dimensions(STRATEGIES["INDV +cons"], TWO) == (("blame",), ("steps",))
    assert chain_dimensions(STRATEGIES["ITER +cons"], TWO) == (TWO,)


APPRAISE_BLAME = "OPEN P | APPRAISE <question of blame>"
APPRAISE_STEPS = "OPEN P | APPRAISE <question of steps>"


@pytest.mark.parametrize(
    ("key", "dimensions", "chats"),
    [
        ("INDV vanilla", (), [["OPEN P | REAPPRAISE"]]),
        ("INDV +cons", ("steps",), [["OPEN P | REAPPRAISE <guidance of steps>"]]),
        ("INDV +appr", ("steps",), [[APPRAISE_STEPS], [APPRAISE_STEPS, "> A0", "THEN REAPPRAISE"]]),
        (
            "INDV +appr +cons",
            ("steps",),
            [[APPRAISE_STEPS], [APPRAISE_STEPS, "> A0", "THEN REAPPRAISE <guidance of steps>"]],
        ),
        (
            "ITER self-refine",
            ("blame", "steps", "calm"),
            [["OPEN P | REAPPRAISE"], ["REVISE P | A0"], ["REVISE P | A1"]],
        ),
        (
            "ITER +cons",
            ("blame", "steps", "calm"),
            [
                ["OPEN P | REAPPRAISE <guidance of blame>"],
                ["REVISE P | A0 | <guidance of steps>"],
                ["REVISE P | A1 | <guidance of calm>"],
            ],
        ),
        (
            "ITER +appr",
            TWO,
            [
                [APPRAISE_BLAME],
                [APPRAISE_BLAME, "> A0", "THEN REAPPRAISE"],
                [APPRAISE_STEPS],
                [APPRAISE_STEPS, "> A2", "REVISE P | A1 | appraised A2"],
            ],
        ),
        (
            "ITER +appr +cons",
            TWO,
            [
                [APPRAISE_BLAME],
                [APPRAISE_BLAME, "> A0", "THEN REAPPRAISE <guidance of blame>"],
                ["REVISE P | A1 | <guidance of blame>"],
                [APPRAISE_STEPS],
                [APPRAISE_STEPS, "> A3", "REVISE P | A2 | appraised A3"],
                ["REVISE P | A4 | <guidance of steps>"],
            ],
        ),
    ],
)
def test_next_messages_asks_turn_by_turn_as_the_method_says(
    key: str, dimensions: Sequence[str], chats: list[list[str]]
) -> None:
    assert turns(key, dimensions=dimensions) == chats


APPRAISE, REVISE_BY_APPRAISAL = "appraise", "(revise_by_appraisal)"


@pytest.mark.parametrize(
    ("key", "calls"),
    [
        ("INDV vanilla", ["reappraise"]),
        ("INDV +cons", ["reappraise_guided"] * 6),
        ("INDV +appr", [APPRAISE, "(reappraise_after_appraisal)"] * 6),
        ("INDV +appr +cons", [APPRAISE, "(reappraise_guided_after_appraisal)"] * 6),
        ("ITER self-refine", ["reappraise", *["revise"] * 5]),
        ("ITER +cons", ["reappraise_guided", *["revise_guided"] * 5]),
        ("ITER +appr", [APPRAISE, "(reappraise_after_appraisal)", *[APPRAISE, REVISE_BY_APPRAISAL] * 5]),
        (
            "ITER +appr +cons",
            [
                *[APPRAISE, "(reappraise_guided_after_appraisal)", "revise_guided"],
                *[APPRAISE, REVISE_BY_APPRAISAL, "revise_guided"] * 5,
            ],
        ),
    ],
)
def test_plan_calls_for_six_dimensions_is_the_table_of_the_method(key: str, calls: list[str]) -> None:
    """In brackets: asked in the same chat as the call before."""
    strategy = STRATEGIES[key]
    chains = chain_dimensions(strategy, KEYS)

    planned = [call for dimensions in chains for call in plan_calls(strategy, dimensions)]

    assert [f"({call.wording})" if call.same_chat else call.wording for call in planned] == calls
    named = [] if strategy.method in ("vanilla", "self-refine") else KEYS
    assert list(dict.fromkeys(call.dimension for call in planned if call.dimension)) == list(named)


def test_next_messages_without_a_system_prompt_begins_with_the_question() -> None:
    messages = next_messages(
        STRATEGIES["INDV vanilla"],
        post="P",
        constitution=CONSTITUTION,
        prompts=replace(PROMPTS, system=""),
        dimensions=(),
        answers=(),
    )

    assert messages == (Message("user", "OPEN P | REAPPRAISE"),)


@pytest.mark.parametrize("key", ["INDV +cons", "INDV +appr", "INDV +appr +cons"])
@pytest.mark.parametrize("dimensions", [(), TWO])
def test_plan_calls_refuses_a_dimension_wise_chain_without_exactly_one_dimension(
    key: str, dimensions: Sequence[str]
) -> None:
    with pytest.raises(ValueError, match=r"has one dimension"):
        plan_calls(STRATEGIES[key], dimensions)


@pytest.mark.parametrize("dimensions", [(), ("blame", "blame")])
def test_plan_calls_refuses_iteration_without_dimensions_or_over_one_twice(dimensions: Sequence[str]) -> None:
    with pytest.raises(ValueError, match="each once"):
        plan_calls(STRATEGIES["ITER +cons"], dimensions)


def test_next_messages_refuses_more_answers_than_calls() -> None:
    with pytest.raises(ValueError, match="has 1 calls, not 2"):
        ask("INDV vanilla", ["A0", "A1"])


def test_next_messages_of_an_unknown_dimension_raises() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        ask("INDV +cons", [], dimensions=("nowhere",))


def test_next_messages_leaves_placeholders_in_posts_and_answers_verbatim() -> None:
    post = "  {response} {question} {guidance} {0} {} \\1 %s $post {post}\n"

    messages = ask("ITER +cons", ["{post} {guidance} {{x}}"], post=post)

    assert messages[-1].content == f"REVISE {post} | {{post}} {{guidance}} {{{{x}}}} | <guidance of steps>"


@given(post=st.text(), answer=st.text(), key=st.sampled_from(["ITER +cons", "ITER self-refine"]))
def test_next_messages_fills_in_any_text_byte_for_byte(post: str, answer: str, key: str) -> None:
    messages = ask(key, [answer], post=post)

    ending = " | <guidance of steps>" if key == "ITER +cons" else ""
    assert messages[-1].content == f"REVISE {post} | {answer}{ending}"


@given(dimensions=st.permutations(KEYS).flatmap(lambda keys: st.integers(1, 6).map(lambda n: keys[:n])))
def test_plan_calls_takes_dimensions_in_the_given_order(dimensions: Sequence[str]) -> None:
    calls = plan_calls(STRATEGIES["ITER +appr +cons"], dimensions)

    assert [call.dimension for call in calls] == [key for key in dimensions for _ in range(3)]


def test_current_text_skips_appraisals() -> None:
    calls = plan_calls(STRATEGIES["ITER +appr"], TWO)

    assert [current_text(calls, ["A0", "A1", "A2", "A3"][:n]) for n in range(5)] == ["", "", "A1", "A1", "A3"]


# The authors' release: what their pipeline sent, recorded beside the texts it got.


@pytest.fixture(scope="module")
def authors() -> Authors:
    if not (RELEASE / "model_outputs").is_dir():
        pytest.skip("the authors' release is not on this machine")
    lines = (RELEASE / "prompts" / "reappraisal_guidance.txt").read_text().splitlines()
    dimensions = []
    for number, line in enumerate(lines, start=1):
        name, _, guidance = line.partition(" = ")
        text = guidance.replace("\\n", "\n")
        dimensions.append(DimensionText(number, f"dim_{number}", name.strip("<>"), "", "", text, ()))
    prompts = parse_prompt_set((RELEASE / "prompt_set.yaml").read_text())
    return Constitution("authors", tuple(dimensions)), prompts


def recorded(path: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (RELEASE / "model_outputs" / path).read_text().splitlines()]


def questions(
    authors: Authors,
    key: str,
    row: dict[str, str],
    *,
    dimensions: Sequence[str] = (),
    answers: Sequence[str] = (),
) -> str:
    constitution, prompts = authors
    messages = next_messages(
        STRATEGIES[key],
        post=row["Reddit Post"],
        constitution=constitution,
        prompts=prompts,
        dimensions=dimensions,
        answers=answers,
    )
    return messages[-1].content


def test_vanilla_asks_what_the_authors_asked(authors: Authors) -> None:
    rows = recorded("INDV/vanilla/Llama-2-13b-chat-hf.jsonl")

    asked = [questions(authors, "INDV vanilla", row) for row in rows]

    assert asked == [
        f"[Text] {row['Reddit Post']}\n\n[Question] {row['reappraisal_question']}" for row in rows
    ]


@pytest.mark.parametrize("number", [1, 4, 6, 7, 8, 23])
def test_guided_reappraisal_asks_what_the_authors_asked(authors: Authors, number: int) -> None:
    rows = recorded("INDV/+cons/Mistral-7B-Instruct-v0.1.jsonl")

    asked = [questions(authors, "INDV +cons", row, dimensions=(f"dim_{number}",)) for row in rows]

    question = f"reappraisal_question_dim_{number}"
    assert asked == [f"[Text] {row['Reddit Post']}\n\n[Question] {row[question]}" for row in rows]


def test_self_refine_asks_what_the_authors_asked(authors: Authors) -> None:
    rows = recorded("ITER/self-refine/gpt-4-turbo.jsonl")
    dimensions = [f"dim_{number}" for number in (1, 4, 6, 7, 8, 23)]

    for row in rows:
        answers = [row[f"reappraisal_output_step_{step}"] for step in range(6)]
        asked = [
            questions(authors, "ITER self-refine", row, dimensions=dimensions, answers=answers[:step])
            for step in range(1, 6)
        ]

        assert asked == [row[f"intermediate_prompt_step_{step}"] for step in range(1, 6)]
