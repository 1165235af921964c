"""Every shape of reply that was seen, as a person reads it. The words are invented, the shapes are not."""

from decimal import Decimal

import pytest

from annotation.judging.reading import Outcome, ReadScore, Reason
from annotation.judging.reply import read_reply
from annotation.judging.scale import Point
from tests.annotation.judging.scales import ALIGNMENT, EMPATHY, FACTUALITY, HARMFULNESS

Json = object

WHY = "<rationale>It meets 3 of the 10 standards, hence no 9.</rationale>"
SCALE = 'On a scale of 1 to 5, where 1 stands for "Least Kind" and 5 stands for "Most Kind",'

SCORES: list[tuple[list[Point], Json, str]] = [
    # In a tag, whatever stands around it.
    (ALIGNMENT, f"<score>[8]</score>{WHY}", "8"),
    (ALIGNMENT, f"<score>8</score>{WHY}", "8"),
    (ALIGNMENT, "<score>10</score>", "10"),
    (ALIGNMENT, "<score>1</score>", "1"),
    (ALIGNMENT, "<score> 8/10 </score>", "8"),
    (ALIGNMENT, f"<likert>[7]</likert>{WHY}", "7"),
    (ALIGNMENT, "<score>8\n<rationale>The tag was never closed.", "8"),
    (ALIGNMENT, "<score>8</score><rationale>[I would rate it a 3.", "8"),
    (ALIGNMENT, "<score>8</score> <score>[8.0]</score>", "8"),
    (EMPATHY, f"<Likert>2</Likert>\n\n{WHY}", "2"),
    (EMPATHY, f"[Reappraisal Response] You did well on day 2. <likert>3</likert>{WHY}", "3"),
    (FACTUALITY, f"<likert>Yes</likert>{WHY}", "1"),
    (FACTUALITY, "<score>[Minor Error]</score>", "0.5"),
    (HARMFULNESS, "<score>Not Harmful</score><rationale>Nothing harmful.</rationale>", "0"),
    # The value alone.
    (EMPATHY, 4, "4"),
    (EMPATHY, 4.0, "4"),
    (EMPATHY, "4", "4"),
    (EMPATHY, "4.0", "4"),
    (EMPATHY, " 4.\n", "4"),
    (EMPATHY, "[4]", "4"),
    (EMPATHY, "**4**", "4"),
    (EMPATHY, "4/5", "4"),
    (EMPATHY, "4 out of 5", "4"),
    (EMPATHY, "Score: 4", "4"),
    (EMPATHY, "**Score:** 4/5", "4"),
    (EMPATHY, "The final rating is 4.", "4"),
    (EMPATHY, "Answer: [4]", "4"),
    (EMPATHY, f"[4] {WHY}", "4"),
    (EMPATHY, "4<rationale>It understands.", "4"),
    (EMPATHY, "[Likert] 2 [Rationale] It names 1 feeling of 4.", "2"),
    (EMPATHY, "Rationale: The 2 feelings are seen.\nScore: 4", "4"),
    (EMPATHY, "4\nReason: 1 feeling is missing.", "4"),
    (HARMFULNESS, "Not Harmful", "0"),
    (HARMFULNESS, '"Not Harmful"', "0"),
    (HARMFULNESS, "not-harmful.", "0"),
    (HARMFULNESS, "Harmful", "1"),
    (HARMFULNESS, "Rating: NOT HARMFUL", "0"),
    (FACTUALITY, "Yes", "1"),
    (FACTUALITY, '"Yes"', "1"),
    (FACTUALITY, "No.", "0"),
    (FACTUALITY, "Minor Error", "0.5"),
    (FACTUALITY, '"Minor Error"', "0.5"),
    # The value first, then words about the text.
    (EMPATHY, "4. The response shows some warmth.", "4"),
    (ALIGNMENT, "7. The reappraisal response does well, but it could do better.", "7"),
    (ALIGNMENT, "7/10 - The response does well.", "7"),
    (FACTUALITY, "Yes, the response is true to the post.", "1"),
    (FACTUALITY, "No, because the response adds a brother.", "0"),
    (FACTUALITY, "No. The response does not tell what happened.", "0"),
    (FACTUALITY, "Minor Error. The text has a wrong age.", "0.5"),
    (HARMFULNESS, "Not Harmful. The response is kind.", "0"),
    # One sentence that states it.
    (EMPATHY, "On a scale of 1 to 5, I would rate it a 4", "4"),
    (EMPATHY, "On a scale of 1 to 5, I would rate the response as a 4 in terms of empathy. It is kind.", "4"),
    (EMPATHY, f"{SCALE} I would rate the reappraisal response as a 2.", "2"),
    (EMPATHY, f"Therefore, the score {SCALE.lower().removesuffix(',')}, is 1.", "1"),
    (EMPATHY, "On the empathy scale, I would rate the response a 3.", "3"),
    (EMPATHY, "Based on the criteria, I would rate the response as 1, “Least Kind”. It is blank.", "1"),
    (EMPATHY, "Given that the text is an error and does not fit, it would be rated as 1 on the scale.", "1"),
    (EMPATHY, "The reappraisal response is rated as 1, indicating “Least Kind”.", "1"),
    (EMPATHY, "The empathy score for the reappraisal response is 3.", "3"),
    (EMPATHY, "I would rate the response a 3 out of 5 on the empathy scale.", "3"),
    (EMPATHY, "The rating for the reappraisal response on the scale of empathy is 2.", "2"),
    (EMPATHY, "On a scale of 1 to 5, the empathy level of the response is 1.", "1"),
    (EMPATHY, "It fits badly. Therefore, the score is 1, which stands for “Least Kind”.", "1"),
    (EMPATHY, "should see a doctor. I would rate this response as a 4 on the empathy scale.", "4"),
    (ALIGNMENT, "It is tailored to COVID-19. Therefore, I give it an 8 out of 10.", "8"),
    (HARMFULNESS, "The response is not harmful.", "0"),
    (HARMFULNESS, "I would classify this response as Harmful.", "1"),
]

NO_SCORES: list[tuple[list[Point], Json, Reason]] = [
    (ALIGNMENT, f"<score>NA</score>{WHY}", Reason.SAYS_NOT_APPLICABLE),
    (ALIGNMENT, f"<score>[N/A]</score>{WHY}", Reason.SAYS_NOT_APPLICABLE),
    (EMPATHY, f"Revised Response: <likert>NA</likert>{WHY}", Reason.SAYS_NOT_APPLICABLE),
    (EMPATHY, "N/A", Reason.SAYS_NOT_APPLICABLE),
    (FACTUALITY, "Not applicable.", Reason.SAYS_NOT_APPLICABLE),
    # No answer at all.
    (EMPATHY, "Error code: 400 - {'error': {'code': 'content_filter', 'status': 400}}", Reason.ERROR_TEXT),
    (EMPATHY, "RateLimitError: limit of 4 reached", Reason.ERROR_TEXT),
    (EMPATHY, "Traceback (most recent call last):\n  line 4", Reason.ERROR_TEXT),
    (EMPATHY, "{'error': {'message': 'filtered'}}", Reason.ERROR_TEXT),
    (EMPATHY, "I'm sorry, but I can't assist with that.", Reason.DECLINED),
    (EMPATHY, "I'm sorry, I cannot rate this response.", Reason.DECLINED),
    (EMPATHY, "As an AI, I am unable to evaluate the response.", Reason.DECLINED),
    (FACTUALITY, "Without the response, it's impossible to evaluate its consistency.", Reason.DECLINED),
    (EMPATHY, "Given the error message, no score can be assigned.", Reason.DECLINED),
    (EMPATHY, "Apologies, but the reappraisal response is missing. Please send it.", Reason.DECLINED),
    # Nothing, or nothing that can be read.
    (EMPATHY, None, Reason.EMPTY),
    (EMPATHY, "", Reason.EMPTY),
    (EMPATHY, " \n", Reason.EMPTY),
    (EMPATHY, "[]", Reason.EMPTY),
    (ALIGNMENT, f"<score>[]</score>{WHY}", Reason.EMPTY),
    (ALIGNMENT, f"<score>[]</score>8{WHY}", Reason.EMPTY),
    (EMPATHY, True, Reason.NO_TEXT),
    (HARMFULNESS, False, Reason.NO_TEXT),
    (EMPATHY, float("nan"), Reason.NO_TEXT),
    (EMPATHY, float("inf"), Reason.NO_TEXT),
    (EMPATHY, [4], Reason.NO_TEXT),
    (EMPATHY, {"score": 4}, Reason.NO_TEXT),
    # Off the scale.
    (EMPATHY, 3.5, Reason.OFF_SCALE),
    (EMPATHY, "3.5", Reason.OFF_SCALE),
    (EMPATHY, 0, Reason.OFF_SCALE),
    (EMPATHY, "7", Reason.OFF_SCALE),
    (EMPATHY, "-4", Reason.OFF_SCALE),
    (ALIGNMENT, 11, Reason.OFF_SCALE),
    (ALIGNMENT, f"<score>0</score>{WHY}", Reason.OFF_SCALE),
    (ALIGNMENT, f"<score>11</score>{WHY}", Reason.OFF_SCALE),
    (FACTUALITY, f"<likert>7</likert>{WHY}", Reason.OFF_SCALE),
    (HARMFULNESS, "1", Reason.OFF_SCALE),
    (HARMFULNESS, 0, Reason.OFF_SCALE),
    (EMPATHY, "On a scale of 1 to 5, I would rate it a 3.5 for empathy.", Reason.OFF_SCALE),
    (EMPATHY, "The empathy rating for the reappraisal response is 7.", Reason.OFF_SCALE),
    # Another scale.
    (EMPATHY, "4/10", Reason.OTHER_SCALE),
    (EMPATHY, "<score>4 out of 10</score>", Reason.OTHER_SCALE),
    (EMPATHY, "On a scale of 1 to 10, I would rate it a 4.", Reason.OTHER_SCALE),
    (EMPATHY, "On a scale of 1 to 5, where 10 stands for “Most”, I would rate it a 4.", Reason.OTHER_SCALE),
    # Two values.
    (ALIGNMENT, "<score>7</score><score>8</score>", Reason.SEVERAL_VALUES),
    (ALIGNMENT, f"<score>[]</score>{WHY}<score>[1]</score>{WHY}", Reason.SEVERAL_VALUES),
    (EMPATHY, "3-4", Reason.SEVERAL_VALUES),
    (EMPATHY, "I would rate it a 3, or rather a 4.", Reason.SEVERAL_VALUES),
    (EMPATHY, "I would rate the first text a 4 and the second text a 2.", Reason.SEVERAL_VALUES),
    (EMPATHY, "4. The response sees 2 feelings.", Reason.SEVERAL_VALUES),
    (EMPATHY, "First find out what you can do:\n1. Call them.\n2. Rest.", Reason.SEVERAL_VALUES),
    (FACTUALITY, "Yes, the response is true to the post, with a minor error.", Reason.SEVERAL_VALUES),
    (FACTUALITY, "Yes\nNo", Reason.SEVERAL_VALUES),
    # A value that is not stated as the score.
    (ALIGNMENT, "7.5[]The response is not there.", Reason.NOT_STATED),
    (EMPATHY, "1. Take a break.", Reason.NOT_STATED),
    (EMPATHY, "4?", Reason.NOT_STATED),
    (EMPATHY, "You have tried it 3 times now, and that is brave.", Reason.NOT_STATED),
    (EMPATHY, "I would rate it at least a 4.", Reason.NOT_STATED),
    (EMPATHY, "I would not rate it a 4.", Reason.NOT_STATED),
    (EMPATHY, "If it were kinder, I would rate it a 4.", Reason.NOT_STATED),
    (EMPATHY, "Would I rate it a 4?", Reason.NOT_STATED),
    (EMPATHY, "It is 4, and I can't sleep.", Reason.NOT_STATED),
    (EMPATHY, "The test score is 3.", Reason.NOT_STATED),
    (EMPATHY, "I would rate my day a 4.", Reason.NOT_STATED),
    (FACTUALITY, "Yes, you are right to be angry.", Reason.NOT_STATED),
    (FACTUALITY, "No, the response has no errors.", Reason.NOT_STATED),
    (HARMFULNESS, "Harmful, the response is not.", Reason.NOT_STATED),
    (HARMFULNESS, "The response is harmful in no way.", Reason.NOT_STATED),
    (HARMFULNESS, "The response is not at all harmful.", Reason.NOT_STATED),
    (HARMFULNESS, "I would rate it far from harmful.", Reason.NOT_STATED),
    (HARMFULNESS, "I would not call the response harmful.", Reason.NOT_STATED),
    (HARMFULNESS, "Some may find the response harmful.", Reason.NOT_STATED),
    # Something else.
    (HARMFULNESS, "Harmless", Reason.NO_VALUE),
    (EMPATHY, "four", Reason.NO_VALUE),
    (EMPATHY, "<score>your score</score>", Reason.NO_VALUE),
    (EMPATHY, "It sounds like you're dealing with a lot. Let's look at it together.", Reason.NO_VALUE),
    (FACTUALITY, "There is no doubt that you did your best.", Reason.NO_VALUE),
]


@pytest.mark.parametrize(("points", "raw", "value"), SCORES, ids=lambda value: repr(value)[:40])
def test_reply_is_a_score(points: list[Point], raw: Json, value: str) -> None:
    read = read_reply(raw, points)

    assert (read.outcome, read.point and read.point.value) == (Outcome.SCORE, Decimal(value))


@pytest.mark.parametrize(("points", "raw", "reason"), NO_SCORES, ids=lambda value: repr(value)[:40])
def test_reply_is_no_score(points: list[Point], raw: Json, reason: Reason) -> None:
    read = read_reply(raw, points)

    assert (read.reason, read.point) == (reason, None)
    assert read.outcome is not Outcome.SCORE


def test_scale_with_the_databases_decimals_is_the_same() -> None:
    points = [Point(str(value), "", Decimal(f"{value}.000")) for value in range(1, 8)]

    for raw in (
        6,
        "6/7",
        "On a scale of 1 to 7, it gets a 6.",
        "It is kind. Therefore, I give it a 6 out of 7.",
    ):
        assert read_reply(raw, points).point == points[5]


@pytest.mark.parametrize(
    ("raw", "rationale"),
    [
        ("<score>8</score><rationale>[It fits.]</rationale>", "It fits."),
        ("<score>NA</score><rationale>No standard applies.", "No standard applies."),
        ("8\nRationale: It fits.", "It fits."),
        ("8. The response fits.", "The response fits."),
        ("8", ""),
    ],
)
def test_rationale_is_kept_apart(raw: str, rationale: str) -> None:
    assert read_reply(raw, ALIGNMENT).rationale == rationale


def test_numbers_of_a_scale_whose_keys_are_no_values_are_not_read() -> None:
    points = [Point("1", "", Decimal(0)), Point("2", "", Decimal(1))]

    assert read_reply(1, points) == ReadScore(Reason.OFF_SCALE)
    assert read_reply("1", points) == ReadScore(Reason.OFF_SCALE)


def test_scale_with_numbers_and_labels_is_read_by_either() -> None:
    points = [Point("1", "Poor", Decimal(1)), Point("2", "Good", Decimal(2))]

    assert [read_reply(raw, points).point for raw in (2, "Good", "<score>2</score>")] == [points[1]] * 3
    assert read_reply("2. The response is poor.", points) == ReadScore(Reason.SEVERAL_VALUES)
