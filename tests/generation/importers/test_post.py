import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.post import PostDraft
from generation.importers.post import MAX_BYTES, MAX_POSTS, PostFileError, read_post_file, read_posts

CONTROL = "Line {}: The text holds a control character; the file may have been saved in the wrong encoding."
NOT_READ = "The lines from here on were not read."
NOT_ONE_OBJECT = "Is not a JSON object on one line (it cannot be read from character {} on)."
TOO_LARGE = "Line 1: Holds a number or a nesting that is too large to read."


def read(content: str | bytes, *, name: str = "posts.csv") -> list[PostDraft]:
    return read_posts(io.BytesIO(content.encode() if isinstance(content, str) else content), name=name)


def complaints(content: str | bytes, *, name: str = "posts.csv") -> list[str]:
    with pytest.raises(PostFileError) as caught:
        read(content, name=name)
    return caught.value.lines


def test_csv_gives_its_posts_in_order() -> None:
    drafts = read('id,area,content_note,text\na1,anger,death,"One, two"\n7,,,Three\n')

    assert drafts == [
        PostDraft(key="a1", text="One, two", area="anger", content_note="death"),
        PostDraft(key="7", text="Three"),
    ]


def test_jsonl_gives_its_posts_in_order() -> None:
    lines = ['{"id": 7, "area": null, "text": "One"}', "", '{"text": "Two", "content_note": "loss"}']

    assert read("\r\n".join(lines), name="POSTS.JSONL") == [
        PostDraft(key="7", text="One"),
        PostDraft(key="post-2", text="Two", content_note="loss"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_any_spreadsheet_program_is_read(separator: str) -> None:
    content = f"\ufeffID{separator}Text\r\na{separator}Hello there\r\n{separator}\r\n"

    assert read(content) == [PostDraft(key="a", text="Hello there")]


def test_line_ends_become_newlines_and_outer_space_goes() -> None:
    assert read('text\n"  One\r\n\r\ntwo\rthree  "\n') == [PostDraft(key="post-1", text="One\n\ntwo\nthree")]


def test_posts_without_id_take_a_free_number() -> None:
    drafts = read("id,text\npost-2,One\n,Two\n,Three\n")

    assert [draft.key for draft in drafts] == ["post-2", "post-3", "post-4"]


def test_unknown_columns_are_left_out_and_named() -> None:
    post_file = read_post_file(io.BytesIO(b"text,score,author\nHello,3,me\n"), name="posts.csv")

    assert (post_file.drafts, post_file.ignored_columns) == (
        [PostDraft(key="post-1", text="Hello")],
        ("author", "score"),
    )


def test_problems_carry_the_line_on_which_their_record_begins() -> None:
    content = 'id,text\na,"One\n\ntwo"\na,Three\nb,\nc,"One\n\ntwo"\n'

    assert complaints(content) == [
        "Line 5: The id is the same as on line 2.",
        "Line 6: The text is missing or empty.",
        "Line 7: The text is the same as on line 2.",
    ]


def test_twenty_problems_are_shown_and_the_others_counted() -> None:
    lines = complaints("id,text\n" + "a,\n" * 22)

    assert len(lines) == 21
    assert lines[0] == "Line 2: The text is missing or empty."
    assert lines[-1] == "And 23 more problems."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "The file is empty."),
        (" \n\n", "The file is empty."),
        ("\ufeff", "The file is empty."),
        ("text\n", "The file names its columns, but holds no post."),
        ("post\nHello\n", "Line 1: The first line must name the columns, and one of them must be 'text'."),
        ("text,Text\na,b\n", "Line 1: Two columns have the same name."),
        ("text\nHello\x00there\n", CONTROL.format(2)),
        ('id,text\n"a\nb",Hello\n', "Line 2: The id holds a line break or another control character."),
        ("text\n...\n", "Line 2: The text has no words."),
        ("text\n" + "a" * 20_001, "Line 2: The text has 20,001 characters; at most 20,000 are allowed."),
        (f"id,text\n{'a' * 101},Hello", "Line 2: The id has 101 characters; at most 100 are allowed."),
        (
            f"text,content_note\nHello,{'a' * 201}",
            "Line 2: The content note has 201 characters; at most 200 are allowed.",
        ),
        (
            "id,text\na,Hello, you\n",
            "Line 2: Has 3 fields where the first line names 2 columns. A text that holds"
            " the separator or a line break must stand in double quotation marks.",
        ),
        (
            'text\nfine\n"open\nstill open\n',
            "Line 3: A quotation mark opens here, and the file ends before it is closed. " + NOT_READ,
        ),
        (
            'text\n"he said "no" to me"\n',
            'Line 2: A quotation mark inside a quoted text must be doubled (""), and'
            " after the closing one only a separator may follow. " + NOT_READ,
        ),
        (
            'text\n"' + "a" * 200_000 + '"',
            "Line 2: A field has more than 131,072 characters; a closing quotation"
            " mark may be missing. " + NOT_READ,
        ),
        (
            b"text\nfine\ncaf\xe9\n",
            "Line 3: The file is not in UTF-8 here. Save it as UTF-8; Excel calls this"
            " 'CSV UTF-8 (Comma delimited)'.",
        ),
        (b"a" * (MAX_BYTES + 1), "The file is larger than 5 MB."),
        (
            "text\n" + "".join(f"post {n}\n" for n in range(MAX_POSTS + 1)),
            "The file has more than 5,000 posts.",
        ),
    ],
)
def test_bad_csv_gives_no_post_but_the_reason(content: str | bytes, expected: str) -> None:
    assert complaints(content) == [expected]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('["text"]', 'Line 1: Must be one JSON object in braces, such as {"text": "..."}.'),
        ("null", 'Line 1: Must be one JSON object in braces, such as {"text": "..."}.'),
        ('{"text": "a"', "Line 1: " + NOT_ONE_OBJECT.format(13)),
        ('\n{"text": "a"} {}', "Line 2: " + NOT_ONE_OBJECT.format(15)),
        ('{"text": "a", "text": "b"}', "Line 1: Names the same field twice."),
        ('{"text": "a", "id": NaN}', "Line 1: Holds NaN, which is not a JSON value."),
        ('{"text": "a", "id": -Infinity}', "Line 1: Holds -Infinity, which is not a JSON value."),
        ('{"text": "a", "id": ' + "9" * 5000 + "}", TOO_LARGE),
        ("[" * 100_000, TOO_LARGE),
        ('{"text": "a", "id": 1e999}', "Line 1: The id must be text or a whole number."),
        ('{"text": "a", "id": true}', "Line 1: The id must be text or a whole number."),
        ('{"text": 5}', "Line 1: The text must be text."),
        ('{"text": "a", "area": ["anger"]}', "Line 1: The area must be text."),
        ('{"text": "a\\ud800"}', "Line 1: The text holds half of a character (a lone surrogate)."),
        ('{"text": "a\\u0000"}', CONTROL.format(1)),
        ('{"post": "a"}', "Line 1: The text is missing or empty."),
        ('{"text": "a", "id": 1}\n{"text": "b", "id": "1"}', "Line 2: The id is the same as on line 1."),
    ],
)
def test_bad_jsonl_gives_no_post_but_the_reason(content: str, expected: str) -> None:
    assert complaints(content, name="posts.jsonl") == [expected]


def test_line_separators_inside_a_json_text_end_no_line() -> None:
    assert read('{"text": "One\u2028two"}', name="posts.jsonl") == [PostDraft("post-1", "One\u2028two")]


def test_other_kinds_of_file_are_refused_by_name() -> None:
    assert complaints("text\nHello\n", name="posts.xlsx") == ["The file's name must end in .csv or .jsonl."]


def test_problems_repeat_no_word_of_the_file() -> None:
    content = 'id,text\ncanary,\ncanary,canary\n,canary\ncanary,canary,canary\n"canary" canary,x\n'

    assert "canary" not in " ".join(complaints(content))


CSV_PIECES = st.sampled_from(
    ["text", "id", ",", ";", "\n", "\r", "\r\n", '"', '""', "a", "é", "\x00", "\u2028", " "]
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
JSON_RECORDS = st.dictionaries(
    st.sampled_from(["text", "id", "area", "content_note", "x"]), JSON_VALUES | st.text()
)


def check_drafts_or_error(content: bytes, *, name: str) -> None:
    """What a file may come to: problems with their words, or posts that the database takes."""
    try:
        drafts = read_posts(io.BytesIO(content), name=name)
    except PostFileError as error:
        assert error.problems
        assert all(line is None or line >= 1 for line, _ in error.problems)
        str(error).encode()
    else:
        assert drafts
        assert len({draft.key for draft in drafts}) == len(drafts)
        assert len({draft.text for draft in drafts}) == len(drafts)
        for draft in drafts:
            assert draft.text.strip()
            assert "\x00" not in f"{draft}"
            f"{draft.key}{draft.text}{draft.area}{draft.content_note}".encode()


@given(
    st.binary(max_size=300) | st.lists(CSV_PIECES, max_size=60).map(lambda pieces: "".join(pieces).encode())
)
@settings(max_examples=300, deadline=None)
def test_any_csv_gives_posts_or_problems(content: bytes) -> None:
    check_drafts_or_error(content, name="posts.csv")
    check_drafts_or_error(b"id,text\n" + content, name="posts.csv")


@given(
    st.binary(max_size=200)
    | st.lists(JSON_RECORDS, max_size=4).map(lambda rows: "\n".join(map(json.dumps, rows)).encode())
)
@settings(max_examples=300, deadline=None)
def test_any_jsonl_gives_posts_or_problems(content: bytes) -> None:
    check_drafts_or_error(content, name="posts.jsonl")
