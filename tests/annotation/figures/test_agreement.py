import pytest

from annotation.figures.agreement import Agreement, AgreementRow
from tests.annotation.figures.drawings import watch

REFUSAL = "Only 4 items have two ratings."
ROWS = (
    AgreementRow("Alignment", "Alpha", 0.43, 0.31, 0.55, "Far apart."),
    AgreementRow("Alignment", "ICC(1,1)", 0.5, None, None),
    AgreementRow("Empathy", "Alpha", None, None, None, REFUSAL),
)
STANDARDS = (
    "Krippendorff's standards for alpha: from .800 reliable, from .667 (dashed) for tentative conclusions; "
    "other coefficients have no such standards."
)


def drawn(*rows: AgreementRow) -> Agreement:
    return Agreement("Agreement", rows or ROWS, "95 % interval")


def test_table_has_every_number_and_the_words_of_a_refusal() -> None:
    assert drawn().table() == [
        ["Criterion", "Coefficient", "Value", "95 % interval", "Note"],
        ["Alignment", "Alpha", "0.43", "[0.31, 0.55]", "Far apart."],
        ["Alignment", "ICC(1,1)", "0.50", "no interval", ""],
        ["Empathy", "Alpha", "not given", "not given", REFUSAL],
    ]


def test_figure_prints_numbers_standards_and_the_refusal() -> None:
    watched = watch(drawn())

    assert watched.words[:-2] == [
        *(".667 tentative", ".800 reliable", "Alignment", "Alpha", "ICC(1,1)", "Empathy", "Alpha"),
        *("0.43 [0.31, 0.55]", "0.50 no interval", REFUSAL),
        *("−0.2", "0", "0.2", "0.4", "0.6", "0.8", "1"),
    ]
    assert (
        " ".join(watched.words[-2:])
        == f"Lines: 95 % interval; point without a line: no interval. {STANDARDS}"
    )


@pytest.mark.parametrize(("value", "low"), [(-0.5, -0.7), (0.1, -0.3)])
def test_what_lies_below_the_axis_has_an_arrow_that_is_explained(value: float, low: float) -> None:
    watched = watch(drawn(AgreementRow("", "Alpha", value, low, 0.2)))

    assert watched.words.count("◀") == 1
    assert "◀: goes on below −0.2" in " ".join(watched.words)


def test_only_refusals_leave_the_axis_to_words() -> None:
    watched = watch(drawn(ROWS[2]))

    assert REFUSAL in watched.words


def test_narrow_figure_leaves_intervals_to_lines_and_table() -> None:
    words = watch(drawn(ROWS[0]), width_mm=85).words

    assert ("0.43" in words, "0.43 [0.31, 0.55]" in words) == (True, False)


def test_refusal_without_words_raises() -> None:
    with pytest.raises(ValueError, match="words that say why"):
        AgreementRow("Alignment", "Alpha", None, None, None)


def test_numbers_that_are_none_raise() -> None:
    with pytest.raises(ValueError, match="finite"):
        AgreementRow("Alignment", "Alpha", 0.4, float("nan"), 0.5)


def test_nothing_to_draw_raises() -> None:
    with pytest.raises(ValueError, match="no coefficient"):
        Agreement("Agreement", (), "95 % interval")
