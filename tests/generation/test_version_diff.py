from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from generation.constitution import Constitution
from generation.version_diff import (
    Change,
    FieldDiff,
    Piece,
    diff_constitutions,
    diff_prompt_sets,
    diff_texts,
)
from tests.generation.prompts import CONSTITUTION, PROMPTS


def test_changed_words_are_marked() -> None:
    pieces = diff_texts("What are two small steps?", "What are three steps?")

    assert pieces == (
        Piece(Change.SAME, "What are "),
        Piece(Change.REMOVED, "two small"),
        Piece(Change.ADDED, "three"),
        Piece(Change.SAME, " steps?"),
    )


def test_changed_phrase_is_one_mark() -> None:
    pieces = diff_texts("Be kind to them.", "Be honest with them.")

    assert pieces == (
        Piece(Change.SAME, "Be "),
        Piece(Change.REMOVED, "kind to"),
        Piece(Change.ADDED, "honest with"),
        Piece(Change.SAME, " them."),
    )


def test_same_text_is_one_piece() -> None:
    assert diff_texts("Be kind.", "Be kind.") == (Piece(Change.SAME, "Be kind."),)
    assert diff_texts("", "") == ()


words = st.lists(st.sampled_from(["one", "two", "three", " ", " ", "\n", ".", "two words"]), max_size=30).map(
    "".join
)


@given(words, words)
def test_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = diff_texts(before, after)

    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == after


def test_long_texts_are_compared() -> None:
    before = "the post and the reply " * 4_000

    pieces = diff_texts(before, before + "end")

    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == before + "end"


def test_dimensions_are_compared_added_and_removed() -> None:
    first, second, third, *_ = CONSTITUTION.dimensions
    before = Constitution("Set", (first, second))
    after = Constitution("Set", (replace(first, aim="Aim of guilt."), third))

    diffs = diff_constitutions(before, after)

    assert [(diff.name, diff.change) for diff in diffs] == [
        ("Blame", Change.SAME),
        ("Attention", Change.ADDED),
        ("Steps", Change.REMOVED),
    ]
    assert diffs[0].changed_fields == (
        FieldDiff(
            "aim",
            (
                Piece(Change.SAME, "Aim of "),
                Piece(Change.REMOVED, "blame"),
                Piece(Change.ADDED, "guilt"),
                Piece(Change.SAME, "."),
            ),
        ),
    )
    assert diffs[1].fields[6].pieces == (Piece(Change.ADDED, "is good at attention\nis kind"),)
    assert diffs[2].fields[6].pieces == (Piece(Change.REMOVED, "is good at steps\nis kind"),)


def test_dimension_with_a_new_key_is_known_by_its_number() -> None:
    first = CONSTITUTION.dimensions[0]

    diffs = diff_constitutions(
        Constitution("Set", (first,)), Constitution("Set", (replace(first, key="guilt"),))
    )

    assert [(diff.change, [field.field for field in diff.changed_fields]) for diff in diffs] == [
        (Change.SAME, ["key"])
    ]


def test_wordings_are_compared() -> None:
    diffs = diff_prompt_sets(PROMPTS, replace(PROMPTS, system="SYSTEM, briefly"))

    assert [diff.field for diff in diffs if diff.is_changed] == ["system"]
    assert diffs[0].pieces == (Piece(Change.SAME, "SYSTEM"), Piece(Change.ADDED, ", briefly"))
