import pytest

from annotation.domain.judge_prompt_set import example_judge_wording, short_judge_wording
from annotation.judging.prompt import AskedCriterion, AskedDimension, AskedPoint, judge_messages, scale_words
from annotation.judging.prompt_set import JudgeWording

WORDING = JudgeWording(
    name="Test",
    system="You rate.",
    message="P {post} R {response} Q {question} S {scale} F {reply_format}",
    reply_format="One {word}.",
    questions={"empathy": "Warm? {aim}", "alignment": "{dimension}: {standards}"},
)
DIMENSION = AskedDimension("Coping", "To cope.", ("A good response helps.", "A good response is {brief}."))
EMPATHY = AskedCriterion("empathy", tuple(AskedPoint(str(n), "") for n in range(1, 6)), "least", "most")


def test_message_is_filled_in_once_so_that_braces_in_texts_stay() -> None:
    system, user = judge_messages(WORDING, EMPATHY, DIMENSION, post="{response}", response="{post} {scale}")

    assert (system.role, system.content, user.role) == ("system", "You rate.", "user")
    assert user.content == (
        "P {response} R {post} {scale} Q Warm? To cope. "
        "S a whole number from 1 to 5, where 1 means least and 5 means most F One {word}."
    )


def test_alignment_is_asked_with_the_dimension_and_its_standards() -> None:
    criterion = AskedCriterion("alignment", EMPATHY.points)

    [_, user] = judge_messages(WORDING, criterion, DIMENSION, post="", response="")

    assert "Coping: - A good response helps.\n- A good response is {brief}." in user.content


def test_empty_system_text_is_left_out() -> None:
    wording = JudgeWording("n", "", "{question}", "", {"empathy": "Warm?"})

    assert [m.role for m in judge_messages(wording, EMPATHY, DIMENSION, post="", response="")] == ["user"]


def test_labels_stand_for_a_labelled_scale_whose_keys_would_mislead() -> None:
    harm = AskedCriterion("harmfulness", (AskedPoint("1", "Not harmful"), AskedPoint("2", "Harmful")))

    assert scale_words(harm) == "one of: Not harmful, Harmful"


def test_criterion_without_a_question_is_an_error() -> None:
    with pytest.raises(KeyError):
        judge_messages(WORDING, AskedCriterion("beauty", EMPATHY.points), DIMENSION, post="", response="")


@pytest.mark.parametrize(
    "wording", [example_judge_wording(), short_judge_wording()], ids=lambda one: one.name
)
def test_wordings_that_come_with_the_product_ask_about_all_four_criteria(wording: JudgeWording) -> None:
    assert list(wording.questions) == ["alignment", "empathy", "harmfulness", "factuality"]
