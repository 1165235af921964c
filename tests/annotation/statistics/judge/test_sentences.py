import pytest

from annotation.statistics.interval import Estimate
from annotation.statistics.judge.comparison import comparison
from annotation.statistics.judge.footing import Footing, FootingMeasure
from annotation.statistics.judge.outcomes import outcomes
from annotation.statistics.judge.sentences import cautions, footing_sentence
from tests.annotation.statistics.judge.judges import FIVE, Item, Reply, judged
from tests.annotation.statistics.report.studies import PLAN


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
    ("judge", "says"),
    [
        (
            ["unreadable"] * 24,
            "Not one of the judge's 24 replies is a score, so there is nothing to compare.",
        ),
        (["refused"], "The judge's only reply is no score, so there is nothing to compare."),
        (
            [3, "refused", "refused"],
            "Only 1 of 3 replies of the judge is a score. Whatever stands below is of this part, and says"
            " little of the judge.",
        ),
        (
            [3, 4, 5, "unreadable"],
            "1 of 4 replies of the judge is no score. Replies without a score are left out below; their items"
            " may be harder than the others.",
        ),
        (
            [3, 4, 5, "unreadable", "refused"],
            "2 of 5 replies of the judge are no scores. Replies without a score are left out below; their"
            " items may be harder than the others.",
        ),
    ],
)
def test_caution_counts_the_replies_that_are_scores(judge: list[Reply], says: str) -> None:
    items = judged([Item(post, [reply], [3]) for post, reply in enumerate(judge)])

    assert next(cautions(comparison(items, FIVE, PLAN), outcomes(items, PLAN))) == says


@pytest.mark.parametrize("judge", [[], [3, 4, 5]])
def test_there_is_no_caution_where_nothing_is_missing(judge: list[Reply]) -> None:
    items = judged([Item(post, [reply], [3]) for post, reply in enumerate(judge)])

    assert list(cautions(comparison(items, FIVE, PLAN), outcomes(items, PLAN))) == []


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
