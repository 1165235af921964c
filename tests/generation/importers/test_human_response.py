import io

import pytest

from generation.domain.human_response import HumanResponseDraft
from generation.importers.human_response import (
    HumanResponseFile,
    HumanResponseFileError,
    dimension_names,
    read_human_responses,
)
from tests.generation.prompts import CONSTITUTION

NAMES = dimension_names(CONSTITUTION.dimensions)
DIMENSION = "No dimension of the constitution set is called so; expected its key, number or name."
CONTROL = "The text holds a control character; the file may have been saved in the wrong encoding."
NOT_UTF_8 = "The file is not in UTF-8 here. Save it as UTF-8; Excel calls this 'CSV UTF-8 (Comma delimited)'."
NO_SOURCE = "The first line must name the columns, and one of them must be 'source'."
SOURCE = "The source must be a name in a-z, 0-9 and _, such as oracle_response or top_reddit_comment."


def read(
    content: str | bytes, *, name: str = "texts.csv", dimensions: dict[str, str] = NAMES
) -> HumanResponseFile:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return read_human_responses(file, name=name, post_keys={"a", "7"}, dimensions=dimensions)


def complaints(
    content: str | bytes, *, name: str = "texts.csv", dimensions: dict[str, str] = NAMES
) -> list[str]:
    with pytest.raises(HumanResponseFileError) as caught:
        read(content, name=name, dimensions=dimensions)
    return caught.value.lines


def test_csv_gives_its_responses_in_order() -> None:
    found = read(
        'post,source,dimension,text,author\na,oracle_response,blame,"One, two",me\n7,note_2,,Three,\n'
    )

    assert found == HumanResponseFile(
        [
            HumanResponseDraft(2, "a", "oracle_response", "blame", "One, two"),
            HumanResponseDraft(3, "7", "note_2", "", "Three"),
        ],
        ("author",),
    )


def test_jsonl_gives_its_responses_in_order() -> None:
    lines = [
        '{"post": 7, "source": "oracle_response", "dimension": 2, "text": " One\\r\\ntwo "}',
        "",
        '{"post": "a", "source": "top_reddit_comment", "dimension": null, "text": "Three"}',
    ]

    assert read("\n".join(lines), name="texts.jsonl").drafts == [
        HumanResponseDraft(1, "7", "oracle_response", "steps", "One\ntwo"),
        HumanResponseDraft(3, "a", "top_reddit_comment", "", "Three"),
    ]


@pytest.mark.parametrize("called", ["control", "CONTROL", "5", "Control"])
def test_dimension_is_found_by_key_number_or_name(called: str) -> None:
    (draft,) = read(f"post,source,text,dimension\na,note,Words,{called}\n").drafts

    assert draft.dimension == "control"


def test_one_post_may_have_a_text_for_each_source_and_dimension() -> None:
    rows = ["a,note,blame,Words", "a,note,steps,Words", "a,note,,Words", "a,letter,blame,Words"]

    assert len(read("post,source,dimension,text\n" + "\n".join(rows)).drafts) == 4


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("b,note,,Words", ["Line 2: No post of the collection has this id; expected a post's id."]),
        (",note,,Words", ["Line 2: The post is missing or empty."]),
        ("a,,,Words", ["Line 2: The source is missing or empty."]),
        ("a,Top comment,,Words", [f"Line 2: {SOURCE}"]),
        (f"a,{'x' * 41},,Words", [f"Line 2: {SOURCE}"]),
        ("a,note,,", ["Line 2: The text is missing or empty."]),
        ("a,note,,...", ["Line 2: The text has no words."]),
        ("a,note,,Wo\x00rds", [f"Line 2: {CONTROL}"]),
        (
            "a,note,anger,Words",
            [f"Line 2: {DIMENSION}"],
        ),
        (
            "a,note,blame,One\na,note,1,Two",
            ["Line 3: The post, source and dimension are those of line 2."],
        ),
        (
            "b,Top,anger,",
            [
                "Line 2: The text is missing or empty.",
                "Line 2: No post of the collection has this id; expected a post's id.",
                f"Line 2: {SOURCE}",
                f"Line 2: {DIMENSION}",
            ],
        ),
    ],
)
def test_problem_is_told_by_line_without_a_word_of_the_file(content: str, expected: list[str]) -> None:
    assert complaints(f"post,source,dimension,text\n{content}\n") == expected


def test_dimension_without_a_constitution_set_is_a_problem() -> None:
    assert read("post,source,dimension,text\na,note,,Words\n", dimensions={}).drafts[0].dimension == ""
    assert complaints("post,source,dimension,text\na,note,blame,Words\n", dimensions={}) == [
        "Line 2: The dimension must be empty: no constitution set was chosen in which to look it up."
    ]


@pytest.mark.parametrize(
    ("content", "name", "line"),
    [
        ("post,text\na,Words\n", "a.csv", f"Line 1: {NO_SOURCE}"),
        ("post,source,text\n", "a.csv", "The file names its columns, but holds no response."),
        ("", "a.csv", "The file is empty."),
        ("x", "a.xlsx", "The file's name must end in .csv or .jsonl."),
        (b"post,source,text\na,note,\xff\n", "a.csv", f"Line 2: {NOT_UTF_8}"),
        ('{"post": "a", "source": "note"}', "a.jsonl", "Line 1: The text is missing or empty."),
        (
            '{"post": true, "source": "note", "text": "Words"}',
            "a.jsonl",
            "Line 1: The post must be text or a whole number.",
        ),
        ('{"post": "a", "source": 3, "text": "Words"}', "a.jsonl", "Line 1: The source must be text."),
        ("{", "a.jsonl", "Line 1: Is not a JSON object on one line (it cannot be read from character 2 on)."),
    ],
)
def test_file_that_cannot_be_taken_apart_is_one_line(content: str | bytes, name: str, line: str) -> None:
    assert complaints(content, name=name) == [line]
