import pytest

from annotation.figures.lettering import broken, printable, width_mm


def test_broken_fills_lines_word_by_word() -> None:
    room_mm = width_mm("one two")

    assert broken("one two three four", room_mm) == ["one two", "three", "four"]


def test_broken_cuts_a_word_only_where_it_is_wider_than_a_line() -> None:
    room_mm = width_mm("wwww")

    assert broken("a wwwwwwwwwww", room_mm) == ["a", "wwww", "wwww", "www"]


@pytest.mark.parametrize(
    "words", ["", "short", "several words of which some go on", "oneverylongwordwithoutaspace"]
)
@pytest.mark.parametrize("room_mm", [0.1, 5.0, 20.0])
def test_broken_loses_no_letter(words: str, room_mm: float) -> None:
    assert "".join(broken(words, room_mm)).replace(" ", "") == words.replace(" ", "")


def test_bold_is_wider() -> None:
    assert width_mm("Alignment", bold=True) > width_mm("Alignment")


def test_width_grows_with_the_size_of_letters() -> None:
    assert width_mm("Alignment", 14) == pytest.approx(2 * width_mm("Alignment", 7))


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("two\nlines\tand  more", "two lines and more"),
        ("bell\x07 and nul\x00", "bell\ufffd and nul\ufffd"),
        ("漢 é ◇ −1", "\ufffd é ◇ −1"),
        ("e\u0301", "é"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_printable_marks_what_the_font_or_xml_cannot_hold(words: str, printed: str) -> None:
    assert printable(words) == printed
