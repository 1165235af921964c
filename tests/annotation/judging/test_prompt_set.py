import pytest

from annotation.judging.prompt_set import (
    JudgeWording,
    JudgeWordingError,
    content_hash,
    judge_wording_yaml,
    parse_judge_wording,
)

YAML = """name: Mine
system: ""
message: "{post} {response} {question} {scale} {reply_format}"
reply_format: "One word."
questions:
  empathy: "Warm?"
  alignment: "As {standards} ask?"
"""


def test_file_is_read_and_written_to_the_last_character() -> None:
    wording = parse_judge_wording(YAML)

    assert wording == JudgeWording(
        name="Mine",
        system="",
        message="{post} {response} {question} {scale} {reply_format}",
        reply_format="One word.",
        questions={"empathy": "Warm?", "alignment": "As {standards} ask?"},
    )
    assert parse_judge_wording(judge_wording_yaml(wording)) == wording


def test_hash_is_of_the_wording_and_not_of_the_name() -> None:
    renamed = parse_judge_wording(YAML.replace("Mine", "Yours"))
    changed = parse_judge_wording(YAML.replace("Warm?", "Cold?"))

    assert content_hash(parse_judge_wording(YAML)) == content_hash(renamed) != content_hash(changed)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("{post} ", "", "Line 3: 'message' lacks the placeholder {post}."),
        (
            "{post} ",
            "{post} {aim} ",
            "Line 3: 'message' holds a placeholder that is not filled in there: {aim}.",
        ),
        ("One word.", "{scale}", "Line 4: 'reply_format' holds a placeholder"),
        (
            "As {standards} ask?",
            "Good?",
            "Line 7: 'alignment' of 'questions' lacks the placeholder {standards}.",
        ),
        ("Warm?", "Is {response} warm?", "Line 6: 'empathy' of 'questions' holds a placeholder"),
        ("Warm?", "", "Line 6: 'empathy' of 'questions' is empty."),
        ('system: ""\n', "", "missing field 'system'"),
        ("questions:", "questions: {}\nother:", "unknown field 'other'"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(before: str, after: str, complaint: str) -> None:
    with pytest.raises(JudgeWordingError) as raised:
        parse_judge_wording(YAML.replace(before, after))

    assert complaint in str(raised.value)
