import pytest

from generation.text_key import text_key


@pytest.mark.parametrize(
    "copy",
    ["It’s “fine” — really.", ' It\'s  "fine" - really.\n', "It‘s ”fine“ – really.", 'It\'s "ﬁne" - really.'],
)
def test_copies_in_other_typography_are_one_text(copy: str) -> None:
    assert text_key(copy) == text_key('It\'s "fine" - really.')


@pytest.mark.parametrize("other", ["Its fine - really.", 'it\'s "fine" - really.', ""])
def test_other_words_are_another_text(other: str) -> None:
    assert text_key(other) != text_key('It\'s "fine" - really.')
