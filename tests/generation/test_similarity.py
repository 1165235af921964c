import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.similarity import NEAR_DUPLICATE_FROM, find_near_duplicate, is_near_duplicate, similarity

TEXT = (
    "It makes sense that this weighs on you after such a week. You did what you could with what you knew "
    "then. Perhaps you could take one small step today and ask a friend to be there with you."
)
OTHER = (
    "You write that nobody listens. Your brother did listen last month, though, and he may do so again. "
    "Tell him what you told us here, in your own words and in your own time."
)


def test_similarity_of_three_words_in_a_row() -> None:
    # runs: abc bcd cde | abc bcd cdf
    assert similarity("a b c d e", "a b c d f") == 2 / 4


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        (TEXT, TEXT, 1.0),
        (TEXT, f"«{TEXT.upper()}» …", 1.0),
        ("Don't give up.", "don’t give up", 1.0),
        (TEXT, OTHER, 0.0),
        ("", "", 0.0),
        ("", TEXT, 0.0),
        ("You can.", "you can", 1.0),
        ("You can.", "You could.", 0.0),
    ],
)
def test_similarity_of_texts(text: str, other: str, expected: float) -> None:
    assert similarity(text, other) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT, True),
        (TEXT.replace("today", "tomorrow").replace(",", ""), True),
        (f"I hear you. {TEXT}", True),
        (f"{TEXT} {OTHER}", False),
        (TEXT.split(". ")[0], False),
        (OTHER, False),
    ],
)
def test_near_duplicate_by_what_was_changed(text: str, expected: bool) -> None:
    assert is_near_duplicate(text, [OTHER[:40], TEXT]) is expected


def test_find_near_duplicate_names_the_first() -> None:
    assert find_near_duplicate(TEXT, [OTHER, TEXT.lower(), TEXT]) == 1
    assert find_near_duplicate(TEXT, [OTHER]) is None
    assert find_near_duplicate(TEXT, []) is None


@given(text=st.text(), other=st.text())
def test_similarity_has_no_direction_and_agrees_with_the_check(text: str, other: str) -> None:
    alike = similarity(text, other)

    assert 0 <= alike <= 1
    assert alike == similarity(other, text)
    assert is_near_duplicate(text, [other]) is (alike >= NEAR_DUPLICATE_FROM)
