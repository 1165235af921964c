from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.backends.base import FinishReason, Message
from generation.sentences import ends_sentence, split_sentences
from generation.validation import Problem, find_problems

ANSWER = (
    "It makes sense that this weighs on you after such a week. You did what you could with what you knew "
    "then. Perhaps you could take one small step today and ask a friend to be there with you."
)
POST = (
    "My neighbour plays the drums until two in the morning and when I knocked on his door last week he "
    "laughed at me in front of his friends, so now I lie awake and wonder what I did to deserve it all."
)
INSTRUCTION = (
    "Write one warm paragraph of three to five sentences to the person and speak to them kindly and plainly."
)
SYSTEM = (
    "You are a kind counsellor who tells people that their feelings make sense and gives them hope again."
)
PROMPT = (Message("system", SYSTEM), Message("user", f"{POST}\n\n{INSTRUCTION}"))


def problems(
    text: str,
    *,
    finish_reason: FinishReason = FinishReason.STOP,
    prompt: Sequence[Message] = PROMPT,
    post: str = POST,
    revised: str = "",
) -> tuple:
    return find_problems(text, finish_reason=finish_reason, prompt=prompt, post=post, revised=revised)


@pytest.mark.parametrize("finish_reason", [FinishReason.STOP, FinishReason.SENTENCE])
def test_a_good_text_has_no_problems(finish_reason: FinishReason) -> None:
    assert problems(ANSWER, finish_reason=finish_reason) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Problem.EMPTY),
        (" \n\t", Problem.EMPTY),
        ("You can do this, I am sure.", Problem.TOO_SHORT),
        (f"{ANSWER} First of all, try the following:", Problem.TRUNCATED),
        (f"{ANSWER} **First of all, try the following:**", Problem.TRUNCATED),
        (f"<rationale>{ANSWER}</rationale>", Problem.LEAKED_MARKUP),
        (f"{ANSWER}</rationale>", Problem.LEAKED_MARKUP),
        (f"{ANSWER} <score>", Problem.LEAKED_MARKUP),
        (f"[Reappraisal Response] {ANSWER}", Problem.LEAKED_MARKUP),
        (f"{ANSWER} < / Score >", Problem.LEAKED_MARKUP),
        (f"{ANSWER} <score", Problem.LEAKED_MARKUP),
        (f"{ANSWER} &lt;/rationale&gt; Yes.", Problem.LEAKED_MARKUP),
        (f"<think>They ask for comfort.</think> {ANSWER}", Problem.LEAKED_MARKUP),
        (f"{ANSWER}\n\nYours, [Your Name].", Problem.UNFILLED_SLOT),
        (f"{ANSWER} {SYSTEM}", Problem.PROMPT_ECHO),
        (f"{ANSWER} {INSTRUCTION}", Problem.PROMPT_ECHO),
        (f"{ANSWER} {POST}", Problem.PROMPT_ECHO),
        (f"Assistant: {ANSWER}", Problem.ROLE_HEADER),
        (f"{ANSWER}\nuser: and what then?", Problem.ROLE_HEADER),
        (f"{ANSWER}<|im_start|>", Problem.ROLE_HEADER),
        (f"{ANSWER} User: and what then?", Problem.ROLE_HEADER),
        (f"{ANSWER}</s>", Problem.ROLE_HEADER),
        (f"{ANSWER}<end_of_turn>", Problem.ROLE_HEADER),
        (f"<｜Assistant｜>{ANSWER}", Problem.ROLE_HEADER),
        (f"{ANSWER}\u200b", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER}\ufeff", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER}\u2066", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER}\x1b[0m", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER}\u202eabc.", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER}\x00", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER} A\u200db.", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER} So\u00adft.", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER}\u2028Next.", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER}\u3164", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER} \u200d👍", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER} \U000e0061\U000e0062\U000e0063", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER} \ue000", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER} \ufffd.", Problem.FORBIDDEN_CHARACTERS),
        (f"{ANSWER} {ANSWER}", Problem.REPETITION),
        (f"{ANSWER} Take your time now. Take your time now.", Problem.REPETITION),
        (f"{ANSWER} You can, and you can, and you can, and you can, and you can.", Problem.REPETITION),
        (
            "I am so tired of all of this and my boss shouts at me each day, which I hate.",
            Problem.WRONG_VOICE,
        ),
        (f"Rating: 7. {ANSWER}", Problem.WRONG_KIND),
    ],
)
def test_a_problem_is_found_and_no_other(text: str, expected: Problem) -> None:
    assert problems(text) == (expected,)


def test_a_text_cut_at_the_token_limit_is_truncated_even_after_a_full_stop() -> None:
    assert problems(ANSWER, finish_reason=FinishReason.LENGTH) == (Problem.TRUNCATED,)


def test_several_problems_are_reported_in_their_order() -> None:
    assert problems("Assistant: Well,", finish_reason=FinishReason.LENGTH) == (
        Problem.TOO_SHORT,
        Problem.TRUNCATED,
        Problem.ROLE_HEADER,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", (Problem.TOO_SHORT, Problem.WRONG_KIND)),
        (f"<score>[8]</score> {ANSWER}", (Problem.LEAKED_MARKUP, Problem.WRONG_KIND)),
        (
            "<likert>7</likert><rationale>The narrator feels responsible for it.</rationale>",
            (Problem.TOO_SHORT, Problem.LEAKED_MARKUP, Problem.WRONG_KIND),
        ),
    ],
)
def test_an_appraisal_has_its_other_problems_too(text: str, expected: tuple[Problem, ...]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{ANSWER} 👩‍👩‍👧 ❤️‍🩹 🤷🏽‍♀️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏿 1️⃣",
        f"{ANSWER} 🩷 \U0001fae8",  # younger than this Python's tables
        f"{ANSWER} شكراً، שלום, می‌خواهم, क्‍ष.",
        f"{ANSWER} “It’s a start,” she said — and it was… I <3 that, 2 < 3.",
        f"{ANSWER}\n\n- Breathe in.\n- Breathe out,\tand rest.\u00a0Naïve café!",
    ],
)
def test_signs_of_other_languages_and_emoji_are_no_problem(text: str) -> None:
    assert problems(text) == ()


def test_the_appraisal_given_again_is_of_the_wrong_kind() -> None:
    appraisal = "You hold yourself responsible for his laughter, and you had no part in what he chose to do."
    prompt = (*PROMPT, Message("assistant", appraisal), Message("user", "Now write to them."))

    assert problems(f"{appraisal} Truly.", prompt=prompt) == (Problem.WRONG_KIND,)
    assert problems(ANSWER, prompt=prompt) == ()


def test_a_short_quotation_of_the_post_is_no_echo() -> None:
    quotation = (
        "You write that he laughed at you when you say I knocked on his door last week he laughed at me."
    )

    assert problems(f"{ANSWER} {quotation}") == ()


def test_a_revision_may_keep_the_text_it_revises() -> None:
    prompt = (Message("system", SYSTEM), Message("user", f"{POST}\n\n{ANSWER}\n\n{INSTRUCTION}"))

    assert problems(ANSWER, prompt=prompt, revised=ANSWER) == ()


def test_words_around_the_post_do_not_join_into_an_echo() -> None:
    prompt = (Message("user", f"Say that it makes sense and that {POST} you are not alone in this at all."),)
    text = "I would Say that it makes sense and that you are not alone in this at all, whatever he may think."

    assert problems(text, prompt=prompt) == ()


def test_without_the_post_a_user_turn_is_judged_like_a_post() -> None:
    echo = " ".join(POST.split()[:25])

    assert problems(f"{ANSWER} {echo}.", post="") == (Problem.PROMPT_ECHO,)
    assert problems(f"{ANSWER} {' '.join(POST.split()[:15])}.", post="") == ()


def test_every_problem_has_a_plain_sentence() -> None:
    assert all(problem.sentence.endswith(".") for problem in Problem)


@given(text=st.text(), post=st.text(), revised=st.text())
def test_find_problems_never_fails(text: str, post: str, revised: str) -> None:
    prompt = (Message("user", f"{post} {revised}"),)

    found = problems(text, prompt=prompt, post=post, revised=revised)

    assert found == tuple(sorted(found, key=list(Problem).index))


@pytest.mark.parametrize(
    "text", ["It will pass.", "Will it?", "Yes!", 'He said "no."', "(It helps.)", "It helps. ", "Who? Me?!"]
)
def test_ends_sentence_where_a_text_may_end(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It will",
        "1.",
        "Do this:\n1.",
        "It costs 2.",
        "e.g.",
        "Ask Dr.",
        "Well...",
        'He said "no.',
        "(It helps.",
        "J.",
    ],
)
def test_ends_sentence_where_a_text_goes_on(text: str) -> None:
    assert not ends_sentence(text)


def test_split_sentences_at_ends_and_line_breaks() -> None:
    text = 'It helps. He said "no." Then:\nwalk! Is it so?'

    assert split_sentences(text) == ["It helps.", 'He said "no.', "Then:", "walk!", "Is it so?"]
