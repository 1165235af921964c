import pytest

from annotation.statistics.interval import Estimate
from annotation.statistics.judge.footing import Footing, FootingMeasure
from annotation.statistics.judge.sentences import footing_sentence


def footing_of(*, low: float | None, high: float | None, judge: float | None = 0.4) -> Footing:
    measure = FootingMeasure(
        key="ac",
        name="Gwet's AC1",
        judge=Estimate(judge),
        experts=Estimate(0.5),
        difference=Estimate(-0.1, low, high),
    )
    return Footing(20, 5, 40, 3, 3, "", (measure,))


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (-0.3, -0.1, "The judge agrees with an expert less than experts do with each other"),
        (0.1, 0.3, "The judge agrees with an expert more than experts do with each other"),
        (-0.3, 0.1, "Whether the judge agrees with an expert less or more than experts do"),
        (None, None, "The judge with one expert, and one expert with another"),
    ],
)
def test_sentence_goes_by_the_interval(low: float | None, high: float | None, says: str) -> None:
    sentence = footing_sentence(footing_of(low=low, high=high))

    assert sentence.startswith(says)
    assert "0.40 against 0.50 by Gwet's AC1" in sentence


def test_refusal_is_the_sentence() -> None:
    refused = Footing(0, 0, 0, 1, 0, "Only one rater has rated this.", ())

    assert footing_sentence(refused) == "Only one rater has rated this."
