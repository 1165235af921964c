from pathlib import Path

import pytest

from generation.constitution import Constitution, DimensionText
from generation.domain.example import FOLDER
from generation.importers.constitution import (
    FILES,
    ConstitutionFile,
    ConstitutionFileError,
    SkippedDimension,
    read_constitution,
)
from tests.generation.release.samples import RELEASE, needs_release

LINES = {
    "appraisal_question": ["<Blame> = Whose doing?", "<Luck> = Chance?", "<Self-Controllable> = In control?"],
    "aim": ["<Blame> = Ease guilt.", "<Luck> = ", "<Self-controllable> = Regain control."],
    "guidance": ["<Blame> = Say whose doing\\nit was.", "<Luck> =", "<Self-controllable> = Face it. "],
    "standards": [
        "<Blame> = • eases guilt\\n•  is kind\\nand warm",
        "<Luck> = ",
        "<Self-controllable> = - is concrete",
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A release with the four files in prompts/."""
    (tmp_path / "my_release" / "prompts").mkdir(parents=True)
    for part, lines in LINES.items():
        write(tmp_path / "my_release", part, lines)
    return tmp_path / "my_release"


def write(folder: Path, part: str, lines: list[str]) -> None:
    # Without a line end behind the last line, as in the authors' files.
    (folder / "prompts" / FILES[part]).write_text("\n".join(lines), encoding="utf-8")


def complaints(path: Path) -> list[str]:
    with pytest.raises(ConstitutionFileError) as caught:
        read_constitution(path)
    assert str(caught.value) == "\n".join(caught.value.lines)
    return caught.value.lines


def test_four_files_give_the_dimensions_that_have_guidance(folder: Path) -> None:
    found = read_constitution(folder)

    assert found == ConstitutionFile(
        Constitution(
            "my_release",
            (
                DimensionText(
                    1,
                    "self_responsibility",
                    "Blame",
                    "Ease guilt.",
                    "Whose doing?",
                    "Say whose doing\nit was.",
                    ("eases guilt", "is kind\nand warm"),
                ),
                DimensionText(
                    3,
                    "self_controllable",
                    "Self-controllable",
                    "Regain control.",
                    "In control?",
                    "Face it. ",
                    ("is concrete",),
                ),
            ),
        ),
        (SkippedDimension(2, "Luck"),),
    )


def test_folder_of_the_files_itself_is_read_alike_and_named_after_its_release(folder: Path) -> None:
    assert read_constitution(folder / "prompts") == read_constitution(folder)
    assert read_constitution(folder, name="Mine").constitution.name == "Mine"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_of_any_system_and_behind_the_last_line_change_nothing(folder: Path, end: str) -> None:
    expected = read_constitution(folder)

    for part, lines in LINES.items():
        path = folder / "prompts" / FILES[part]
        path.write_bytes(b"\xef\xbb\xbf" + "".join(line + end for line in lines).encode())

    assert read_constitution(folder) == expected


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Worse/better (Future expectancy)", "worse_better_future_expectancy"),
        ("24 hours", "dimension_24_hours"),
        ("希望", "dimension_2"),
        ("x" * 120, "x" * 80),
    ],
)
def test_dimension_outside_the_paper_is_keyed_by_its_name(folder: Path, name: str, key: str) -> None:
    for part, lines in LINES.items():
        write(folder, part, [lines[0], f"<{name}> = Words.", lines[2]])

    dimensions = read_constitution(folder).constitution.dimensions

    assert [dimension.key for dimension in dimensions] == ["self_responsibility", key, "self_controllable"]


@pytest.mark.parametrize(
    ("part", "lines", "expected"),
    [
        (
            "guidance",
            ["<Blame> = Say.", "no sign", "= nameless"],
            [
                "reappraisal_guidance.txt, line 2: expected '<Name> = text'.",
                "reappraisal_guidance.txt, line 3: expected '<Name> = text'.",
            ],
        ),
        (
            "aim",
            ["<Blame> = Ease guilt.", "<Chance> = ", "<Self-controllable> = Regain."],
            ["reappraisal_aim.txt, line 2: expected <Luck>, as in appraisal_questions.txt; found <Chance>."],
        ),
        (
            "aim",
            ["<Blame> = Ease guilt.", "<Luck> = "],
            [
                "reappraisal_aim.txt, line 3: expected 3 lines as in appraisal_questions.txt, "
                "one for each dimension; found 2."
            ],
        ),
        (
            "standards",
            ["<Blame> = ", "<Luck> = ", "<Self-controllable> = - is concrete"],
            [
                "reappraisal_standards.txt, line 1: expected a text after '<Blame> =', "
                "since another of the four files has one for this dimension."
            ],
        ),
        (
            "guidance",
            ["<Blame> = ", "<Luck> = ", "<Self-controllable> = Face it."],
            [
                "reappraisal_guidance.txt, line 1: expected a text after '<Blame> =', "
                "since another of the four files has one for this dimension."
            ],
        ),
        (
            "guidance",
            ["<Blame> = Say.\0", "<Luck> = ", "<Self-controllable> = Face it."],
            ["reappraisal_guidance.txt, line 1: expected text, found a control character."],
        ),
        (
            "guidance",
            [f"<{'x' * 121}> = Say.", "<Luck> = ", "<Self-controllable> = Face it."],
            ["reappraisal_guidance.txt, line 1: expected a name of at most 120 characters."],
        ),
        (
            "guidance",
            ["<Blame> = Say.", "", "<Self-controllable> = Face it."],
            ["reappraisal_guidance.txt, line 2: expected '<Name> = text'."],
        ),
    ],
)
def test_malformed_line_is_named_with_what_was_expected(
    folder: Path, part: str, lines: list[str], expected: list[str]
) -> None:
    write(folder, part, lines)

    assert complaints(folder) == expected


def test_standards_that_are_only_bullets_are_none(folder: Path) -> None:
    write(folder, "standards", ["<Blame> = • ", *LINES["standards"][1:]])

    assert complaints(folder) == ["reappraisal_standards.txt, line 1: expected a standard after the bullet."]


def test_two_dimensions_of_one_key_are_refused(folder: Path) -> None:
    for part in LINES:
        write(folder, part, ["<A> = a", "<B b> = b", "<C> = c", "<B-B> = d", "<b b> = e"])

    assert complaints(folder) == [
        "reappraisal_guidance.txt, line 5: expected a name of its own; <b b> stands on line 2 too."
    ]


def test_files_without_any_guidance_are_refused(folder: Path) -> None:
    for part in ("aim", "guidance", "standards"):
        write(folder, part, ["<Blame> = ", "<Luck> = ", "<Self-controllable> = "])

    assert complaints(folder) == [
        "reappraisal_guidance.txt: expected a text after '=' on at least one line, found none."
    ]


def test_missing_and_undecodable_files_are_all_named(folder: Path) -> None:
    (folder / "prompts" / FILES["aim"]).unlink()
    (folder / "prompts" / FILES["standards"]).write_bytes(b"<Blame> = a\n<Luck> = \xff")

    assert complaints(folder) == [
        "reappraisal_aim.txt: expected this file, but it is not there.",
        "reappraisal_standards.txt: line 2: expected UTF-8.",
    ]


def test_yaml_file_is_read_under_its_own_or_the_given_name() -> None:
    path = FOLDER / "constitution.yaml"

    found = read_constitution(path)

    assert found.constitution.name == "RESORT example constitutions"
    assert found.skipped == ()
    assert read_constitution(path, name="Mine").constitution.dimensions == found.constitution.dimensions


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("number: 1\n", "number: one\n", "Line 7: 'number' of dimension 1 must be a whole number."),
        (
            "number: 1\n",
            "number: 4294967296\n",
            "Line 7: 'number' of dimension 1 must be from 1 to",
        ),
        (
            "key: self_r",
            f"key: {'k' * 80}_r",
            "Line 8: 'key' of dimension 1 must have at most 80",
        ),
        (
            "name: Self-r",
            f"name: {'n' * 120}-r",
            "Line 9: 'name' of dimension 1 must have at most 120 characters.",
        ),
        ('aim: "To help', 'aim: "\\0To help', "Line 10: 'aim' of dimension 1 holds a NUL or a lone half"),
        ('aim: "To help', 'aim: "\\ud800To help', "Line 10: 'aim' of dimension 1 holds a NUL or a lone half"),
        ("name: RESORT", f"name: {'[' * 5000}", "Line 1: lists and fields stand within each other too deep"),
    ],
)
def test_malformed_yaml_is_named_with_its_file(tmp_path: Path, old: str, new: str, expected: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text((FOLDER / "constitution.yaml").read_text(encoding="utf-8").replace(old, new, 1))

    (line,) = complaints(path)

    assert line.startswith(f"mine.yaml: {expected}")


def test_missing_path_is_one_line(tmp_path: Path) -> None:
    assert complaints(tmp_path / "none") == ["none: expected this file, but it is not there."]


@needs_release
def test_authors_files_give_their_six_dimensions() -> None:
    found = read_constitution(RELEASE)

    dimensions = found.constitution.dimensions
    assert [(dimension.number, dimension.key) for dimension in dimensions] == [
        (1, "self_responsibility"),
        (4, "problem_focused_coping"),
        (6, "attentional_activity"),
        (7, "emotion_focused_coping"),
        (8, "self_controllable"),
        (23, "consistency_with_internal_values"),
    ]
    assert [len(dimension.standards) for dimension in dimensions] == [3, 2, 1, 2, 2, 2]
    assert len(found.skipped) == 18
    assert found.skipped[0] == SkippedDimension(2, "Other-responsibility")
