from itertools import combinations

import numpy as np
import pytest

from annotation.statistics.alpha import ALPHA_ORDINAL
from annotation.statistics.coefficient import estimate
from annotation.statistics.judge.consistency import ASKED_ONCE, Consistency, consistency
from tests.annotation.statistics.designs import observations_of
from tests.annotation.statistics.judge.judges import FIVE, Item, drawn_items, judged
from tests.annotation.statistics.report.studies import PLAN

pytestmark = pytest.mark.filterwarnings("error")


def consistent(items: list[Item]) -> Consistency:
    return consistency(judged(items), FIVE, PLAN)


def test_repeats_are_compared_as_raters_are() -> None:
    items = drawn_items(1, repeats=3)

    found = consistent(items)

    by_key = {measure.key: measure.value.value for measure in found.measures}
    pairs = [list(combinations(item.judge, 2)) for item in items]
    alpha = estimate(observations_of([item.judge for item in items], values=range(1, 6)), ALPHA_ORDINAL)
    assert (found.n_items, found.n_replies, found.refusal) == (60, 180, "")
    assert list(by_key) == ["exact", "mean_absolute_difference", "alpha", "ac"]
    assert by_key["exact"] == pytest.approx(np.mean([np.mean([a == b for a, b in of]) for of in pairs]))
    assert by_key["alpha"] == pytest.approx(alpha, abs=1e-12)
    assert found.same_outcome.value == 1


def test_judge_that_always_says_the_same_of_an_item_is_wholly_consistent() -> None:
    found = consistent([Item(place, [1 + place % 5] * 4, []) for place in range(20)])

    assert {measure.key: measure.value.value for measure in found.measures} == {
        "exact": 1,
        "mean_absolute_difference": 0,
        "alpha": 1,
        "ac": 1,
    }


def test_other_outcomes_count_in_their_kind_only() -> None:
    items = [Item(place, [3, "refused" if place < 3 else 4, "waiting"], [1]) for place in range(15)]

    found = consistent(items)

    assert (found.n_items, found.n_replies) == (12, 24)
    assert found.same_outcome.value == 0.8


def test_single_replies_say_that_repeats_are_needed() -> None:
    found = consistent(drawn_items(1))

    assert (found.refusal, found.measures, found.same_outcome.reason) == (ASKED_ONCE, (), ASKED_ONCE)


def test_few_repeats_say_how_many_are_needed() -> None:
    found = consistent([Item(0, [1, 2], []), *drawn_items(1)])

    assert found.refusal == ("Only 1 item has two scores by the judge; this is shown from 10 items on.")
    assert found.measures == ()


def test_constant_judge_has_agreement_and_words_for_alpha() -> None:
    found = consistent([Item(place, [3, 3], []) for place in range(12)])

    by_key = {measure.key: measure.value for measure in found.measures}
    assert by_key["exact"].value == 1
    assert by_key["alpha"].value is None
    assert by_key["alpha"].reason
