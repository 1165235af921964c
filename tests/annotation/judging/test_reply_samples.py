"""Replies of the authors' release, each read by a person beforehand. Only values are kept here."""

import json

import pytest

from annotation.judging.reply import read_reply
from tests.annotation.judging.scales import BY_CRITERION
from tests.generation.release.samples import RELEASE, needs_release

FOLDER = RELEASE / "eval-gpt4"
FIELD = "evaluation_raw_output"
DIMENSIONS = tuple(f"{FIELD}_dim_{number}" for number in (1, 4, 6, 7, 8, 23))
# By file: the criterion, the fields with replies, and their values row by row.
EXPECTED: dict[str, tuple[str, tuple[str, ...], list[tuple[float, ...]]]] = {
    "INDV/1_standard_alignment/+cons/Mistral-7B-Instruct-v0.1.jsonl": (
        "alignment",
        DIMENSIONS,
        [
            (4, 8, 7, 8, 7, 7),
            (8, 8, 8, 8, 8, 2),
            (8, 9, 9, 8, 8, 7),
            (7, 8, 8, 8, 8, 7),
            (8, 8, 7, 9, 8, 7),
            (7, 8, 7, 7, 8, 8),
        ],
    ),
    "INDV/2_empathy/vanilla/gpt-4-turbo.jsonl": ("empathy", (FIELD,), [(4,)] * 12),
    "ITER/3_harmful/+appr/Mistral-7B-Instruct-v0.1.jsonl": ("harmfulness", DIMENSIONS, [(0,) * 6] * 6),
    "oracle/1_standard_alignment.jsonl": ("alignment", DIMENSIONS[:1], [(8,), (8,), (8,), (7,), (8,)]),
    "oracle/2_empathy.jsonl": ("empathy", DIMENSIONS[:1], [(4,)] * 5),
    "oracle/3_harmful.jsonl": ("harmfulness", DIMENSIONS[:1], [(0,)] * 5),
    "oracle/4_factuality.jsonl": ("factuality", DIMENSIONS[:1], [(1,), (1,), (1,), (1,), (0.5,)]),
    "reddit_top_comment/4_factuality.jsonl": (
        "factuality",
        (FIELD,),
        [(1,), (0,), (1,), (0.5,), (0,), (1,), (0.5,), (0.5,)],
    ),
}


@needs_release
@pytest.mark.parametrize("file", EXPECTED)
def test_replies_are_read_as_a_person_read_them(file: str) -> None:
    criterion, fields, values = EXPECTED[file]
    rows = [json.loads(line) for line in (FOLDER / file).read_text(encoding="utf-8").splitlines()]
    replies = [{field: raw for field, raw in row.items() if field.startswith(FIELD)} for row in rows]

    read = [
        {field: read_reply(raw, BY_CRITERION[criterion]) for field, raw in row.items()} for row in replies
    ]

    assert [{field: reply.point and reply.point.value for field, reply in row.items()} for row in read] == [
        dict(zip(fields, row, strict=True)) for row in values
    ]


@needs_release
def test_no_file_of_the_samples_is_left_out() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.jsonl")}

    assert files == EXPECTED.keys()
