import pytest
from django.core.exceptions import ValidationError

from generation.forms.words import StandardsField, WordsField


def test_words_are_kept_but_for_browsers_line_ends() -> None:
    assert WordsField(rows=2).clean(" One \r\n\r\n two ") == " One \n\n two "


@pytest.mark.parametrize("field", [WordsField(rows=2), StandardsField(rows=2)])
def test_white_space_alone_is_nothing(field: WordsField) -> None:
    with pytest.raises(ValidationError):
        field.clean(" \r\n ")


@pytest.mark.parametrize(
    "standards",
    [
        ("is kind",),
        ("is kind", "is fair"),
        ("one\nin two\nlines", "another "),
        ("a\n  b", "c"),
        ("one\n\nand after an empty line", "c"),
    ],
)
def test_standards_are_read_back(standards: tuple[str, ...]) -> None:
    field = StandardsField(rows=2)

    shown = field.prepare_value(standards)

    assert field.clean(shown.replace("\n", "\r\n")) == standards


def test_empty_lines_between_standards_do_not_count() -> None:
    assert StandardsField(rows=2).clean("is kind\n\n  \nis fair\n") == ("is kind", "is fair")
