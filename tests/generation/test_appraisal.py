import pytest

from generation.appraisal import reads_as_appraisal


@pytest.mark.parametrize(
    "text",
    [
        "7",
        "**7**",
        "7/9",
        "7 / 9. They blame themselves.",
        "6 out of 9, because the narrator sees no way out.",
        "3.5",
        "1\nThe narrator does not feel responsible.",
        "7 - The narrator feels responsible for what happened.",
        "8. The narrator sees no way to cope with it.",
        "Rating: 7. The narrator blames themselves.",
        "Score: 9",
        "Likert scale rating: 7",
        "My rating is 4",
        "<likert>7</likert>",
        "<likert>NA</likert><rationale>The text does not say.</rationale>",
        "NA, the text does not mention it.",
        "N/A",
        "N.A. The text says nothing of it.",
        "Not applicable: nobody is named.",
        "Rationale: The narrator says that it was their fault.",
        "I would rate the narrator's sense of responsibility for causing the situation a 7.",
        "I'd rate this an 8, since they speak of guilt.",
        "Given the above, the score is 5 because the narrator has friends.",
        "The narrator blames themselves, which is a rating of 7.",
        "They feel responsible, 7 out of 9.",
        "On a scale from 1 to 9 the narrator is near the top.",
        "This belongs at the upper end of the Likert scale.",
    ],
)
def test_an_appraisal_is_recognised(text: str) -> None:
    assert reads_as_appraisal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It makes sense that this weighs on you. Could you ask a friend for help?",
        "1. Write down what happened.\n2. Ask yourself what you can change.",
        "3 things may help you through the week. Sleep is one of them.",
        "5-minute walks are a start.",
        "2.5 hours of sleep are not enough for anybody.",
        "10 years from now you may see it otherwise.",
        "Nadia may be as lost as you are.",
        "When it flares up, rate your anger from 1 to 10 and wait until it is below 5.",
        "You are not a score. You have tried 7 times, and that counts.",
        "I would give it 2 weeks, and then talk to her again.",
        "I scored badly at school too, and it was no verdict on me.",
        "Seven out of ten parents feel this way.",
        "Your rating of yourself is harsh.",
    ],
)
def test_advice_is_no_appraisal(text: str) -> None:
    assert not reads_as_appraisal(text)
