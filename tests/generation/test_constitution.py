from dataclasses import replace

import pytest

from generation.constitution import ConstitutionError, DimensionText, content_hash, parse_constitution
from tests.generation.prompts import CONSTITUTION

YAML = """\
name: Small set
dimensions:
  - number: 1
    key: self_responsibility
    name: Self-responsibility
    aim: "See one's own part."
    appraisal_question: Whose doing?
    guidance: Say whose doing it was.
    standards:
      - eases guilt
      - is kind
  - number: 7
    key: calm
    name: Calm
    aim: Calm down.
    appraisal_question: How calm?
    guidance: Breathe.
    standards: [is calm]
"""


def test_parse_constitution_reads_every_field_in_order() -> None:
    constitution = parse_constitution(YAML)

    assert constitution.name == "Small set"
    assert constitution.dimensions == (
        DimensionText(
            1,
            "self_responsibility",
            "Self-responsibility",
            "See one's own part.",
            "Whose doing?",
            "Say whose doing it was.",
            ("eases guilt", "is kind"),
        ),
        DimensionText(7, "calm", "Calm", "Calm down.", "How calm?", "Breathe.", ("is calm",)),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (YAML, "", "Line 1: the file is empty."),
        (YAML, "just words", "Line 1: the file must be a list of 'field: value' lines."),
        ("name: Small set", "name: [", "Line 3: not valid YAML"),
        ("guidance: Breathe.", "guidance: a\x00b", "Line 17: not valid YAML (a character is not allowed)."),
        ("name: Small set\n", "", "Line 1: missing field 'name'."),
        ("name: Small set", 'name: ""', "Line 1: 'name' is empty."),
        ("number: 1\n", "number: one\n", "Line 3: 'number' of dimension 1 must be a whole number."),
        ("number: 7", "number: 0", "Line 12: 'number' of dimension 2 must be from 1 to 1,000,000."),
        ("number: 7", "number: 1", "Line 12: 'number' of dimension 2 1 is taken by another dimension."),
        (
            "key: calm",
            "key: self_responsibility",
            "Line 13: 'key' of dimension 2 self_responsibility is taken",
        ),
        ("key: calm", "key: Calm down", "Line 13: 'key' of dimension 2 may hold only a-z, 0-9 and _"),
        ("    guidance: Breathe.\n", "", "Line 12: missing field 'guidance' of dimension 2."),
        ("    guidance: Breathe.\n", "    guidance: \n", "Line 17: 'guidance' of dimension 2 must be text."),
        ("    guidance: B", "    aim: x\n    guidance: B", "Line 17: 'aim' of dimension 2 is given twice."),
        ("    guidance: B", "    hint: x\n    guidance: B", "Line 17: unknown field 'hint' of dimension 2."),
        (
            "[is calm]",
            "is calm",
            "Line 18: 'standards' of dimension 2 must be a list with at least one entry.",
        ),
        ("[is calm]", "[]", "Line 18: 'standards' of dimension 2 must be a list with at least one entry."),
        ("[is calm]", "[3]", "Line 18: 'standards' of dimension 2 must be text."),
    ],
)
def test_parse_constitution_names_line_and_field_of_what_is_wrong(old: str, new: str, message: str) -> None:
    with pytest.raises(ConstitutionError) as raised:
        parse_constitution(YAML.replace(old, new))

    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_content_hash_ignores_name_and_layout() -> None:
    renamed = replace(CONSTITUTION, name="Another name")

    assert content_hash(renamed) == content_hash(CONSTITUTION)
    assert content_hash(parse_constitution(YAML)) == content_hash(
        parse_constitution(YAML.replace(" is kind", "  is kind"))
    )


@pytest.mark.parametrize(
    "field", ["number", "key", "name", "aim", "appraisal_question", "guidance", "standards"]
)
def test_content_hash_changes_with_every_field_of_a_dimension(field: str) -> None:
    first, *others = CONSTITUTION.dimensions
    values = {"number": 99, "standards": ("is new",)}
    changed = replace(first, **{field: values.get(field, "new")})

    assert content_hash(replace(CONSTITUTION, dimensions=(changed, *others))) != content_hash(CONSTITUTION)


def test_content_hash_changes_with_the_order_of_dimensions() -> None:
    backwards = replace(CONSTITUTION, dimensions=CONSTITUTION.dimensions[::-1])

    assert content_hash(backwards) != content_hash(CONSTITUTION)


def test_content_hash_is_stable_across_versions() -> None:
    small = replace(CONSTITUTION, dimensions=(DimensionText(1, "k", "n", "a", "q", "g", ("é",)),))

    # Written down in every study: a new value would orphan them.
    assert content_hash(small) == "60351526f82c9c4ce6a9dbfce853f639f8aee12153817cb8a7236e463a90ea71"
