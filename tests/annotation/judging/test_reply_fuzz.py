"""No text without one unambiguous score yields a score; a clear score survives what stands around it."""

import re
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotation.judging.reading import Outcome
from annotation.judging.reply import read_reply
from annotation.judging.scale import Point
from tests.annotation.judging.scales import ALIGNMENT, BY_CRITERION, EMPATHY, FACTUALITY, HARMFULNESS

# What statements are made of: put together at random, they come close to one as often as can be.
PIECES = [
    *(
        "I would rate it",
        "I would rate the response",
        "as",
        "a",
        "the",
        "The response",
        "is",
        "is rated",
        "it",
    ),
    *(
        "The score",
        "The final score is",
        "would be",
        "Score:",
        "Rating",
        "Therefore,",
        "Based on this,",
        "score",
    ),
    *(
        "for empathy",
        "in terms of empathy",
        "because",
        "it is kind",
        "and",
        "or",
        "but",
        "not",
        "never",
        "if",
    ),
    *(
        ".",
        ",",
        "?",
        "!",
        "\n",
        "-",
        "(",
        ")",
        "*",
        '"',
        ":",
        "You",
        "are right",
        "your sister",
        "GPT",
        "you know",
    ),
]
LABELLED = [
    "Harmful",
    "harmful",
    "not harmful",
    "isn't",
    "at all",
    "nothing",
    "Yes",
    "No",
    "yes",
    "no",
    "minor error",
]
ABOUT_THE_POST = [
    "You have tried it {} times now.",
    "After {} weeks of this anyone would be tired.",
    "Your {} children need you, and you need rest.",
    "{}. Take a break.",
    "{}) Talk to someone you trust",
    "On day {} it gets easier.",
    "You lost {} friends, didn't you?",
    "I'm sorry to hear that you failed {} of your exams.",
    "You rate your anger as {}.",
    "You say that your anxiety is at {}.",
    "Step {}: Breathe.",
    "It was {}, and you were not asleep.",
]

in_scale = st.integers(1, 5)
pieces = st.lists(st.sampled_from(PIECES), max_size=12)
decorations = st.sampled_from(
    ["{}", "[{}]", '"{}"', "**{}**", "({})", " {} ", "{}.", "\n{}\n", "`{}`", "“{}”", "[[{}]]"]
)
titles = st.sampled_from(["{}", "Score: {}", "score = {}", "**Rating:** {}", "Final score: {}", "Answer: {}"])
rationales = st.text(max_size=80).filter(lambda text: "<" not in text)


@settings(max_examples=600)
@given(pieces, in_scale, pieces, in_scale, pieces)
@example(["I would rate it", "a"], 4, [",", "or", "a"], 3, [])
@example([], 4, ["."], 3, ["The response", "is"])
def test_two_numbers_of_the_scale_are_no_score(
    before: list[str], first: int, between: list[str], second: int, after: list[str]
) -> None:
    text = " ".join([*before, str(first), *between, str(second), *after])

    read = read_reply(text, EMPATHY)

    assert read.point is None or first == second


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES + LABELLED), max_size=20))
def test_words_without_a_number_are_no_score_on_numbers(words: list[str]) -> None:
    assert read_reply(" ".join(words), ALIGNMENT).point is None


@given(
    st.lists(st.sampled_from(ABOUT_THE_POST), min_size=1, max_size=4),
    st.lists(in_scale, min_size=4, max_size=4),
)
def test_numbers_in_an_answer_to_the_post_are_no_score(sentences: list[str], numbers: list[int]) -> None:
    text = " ".join(sentence.format(n) for sentence, n in zip(sentences, numbers, strict=False))

    assert read_reply(text, EMPATHY).point is None


@settings(max_examples=400)
@given(st.text(max_size=60))
def test_any_text_names_the_point_that_is_read(text: str) -> None:
    for points in BY_CRITERION.values():
        point = read_reply(text, points).point
        if point is not None:
            assert (point.label or point.key).casefold() in re.sub(r"[\W_]+", " ", text.casefold())


@settings(max_examples=400)
@given(
    st.lists(
        st.sampled_from([*PIECES, "harmful", "Harmful", "isn't", "hardly", "nothing", "at all"]), max_size=14
    )
)
@example(["The response", "is", "not", "at all", "harmful", "."])
@example(["I would rate it", "nothing", "harmful"])
@example(["Harmful", ",", "The response", "is", "not"])
@example(["harmful", ":", "The response", "hardly"])
@example(["isn't", "Therefore,", "I would rate it", "harmful"])
@example(["isn't", "Therefore,", "I would rate it", "not", "harmful"])
def test_negated_harm_is_never_read_as_harm(words: list[str]) -> None:
    text = " ".join(words)
    sentences = [part for part in re.split(r"[.!?\n]", text) if "harmful" in part.lower()]
    # What leads to a statement may say no to something else: "It isn't kind, I would rate it harmful".
    sentences = [re.sub(r"^.*, ?(?=(?:I would|The )[^,]*harmful)", "", part) for part in sentences]
    negated = [re.search(r"\b(?:not|never|nothing|hardly)\b|isn't", part) for part in sentences]

    point = read_reply(text, HARMFULNESS).point

    if negated and all(negated):
        assert point is None or point.label == "Not harmful"


@settings(max_examples=400)
@given(st.lists(st.sampled_from([*PIECES, *LABELLED]), max_size=14))
def test_two_labels_are_no_score(words: list[str]) -> None:
    text = " ".join([*words, "\nYes.\n", *words, "\nNo.\n", *words])

    assert read_reply(text, FACTUALITY).point is None


@st.composite
def _named(draw: st.DrawFn) -> tuple[list[Point], Point, str]:
    points = draw(st.sampled_from(list(BY_CRITERION.values())))
    point = draw(st.sampled_from(points))
    name = point.label or draw(
        st.sampled_from([point.key, f"{point.key}.0", f"{point.key}/{points[-1].key}"])
    )
    if point.label:
        name = draw(st.sampled_from([name, name.title(), name.upper(), name.lower()]))
    return points, point, draw(decorations).format(name)


@settings(max_examples=400)
@given(_named(), titles)
def test_decorated_value_is_a_score(named: tuple[list[Point], Point, str], title: str) -> None:
    points, point, text = named

    assert read_reply(title.format(text), points).point == point


@settings(max_examples=400)
@given(_named(), st.sampled_from(["score", "likert", "Score", "rating"]), rationales, rationales)
def test_tagged_value_is_a_score_whatever_stands_around_it(
    named: tuple[list[Point], Point, str], tag: str, before: str, rationale: str
) -> None:
    points, point, text = named

    read = read_reply(f"{before}<{tag}>{text}</{tag}><rationale>{rationale}</rationale>", points)

    assert (read.outcome, read.point) == (Outcome.SCORE, point)


@given(
    in_scale,
    st.sampled_from(["", " in terms of empathy", " for empathy", ", as it is kind", " because it is kind"]),
)
def test_one_stated_rating_is_a_score(value: int, reason: str) -> None:
    for statement in (
        "I would rate the response as a {}{}.",
        "On a scale of 1 to 5, I would rate it a {}{}.",
        "Overall, the score is {}{}. It speaks of COVID-19.",
        "The response would be rated as {}{}",
    ):
        point = read_reply(statement.format(value, reason), EMPATHY).point

        assert point is not None and point.value == Decimal(value)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5), st.lists))
def test_any_json_value_can_be_read(raw: object) -> None:
    for points in BY_CRITERION.values():
        point = read_reply(raw, points).point
        assert point is None or (isinstance(raw, int | float | str) and not isinstance(raw, bool))
