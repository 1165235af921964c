"""The comparison of a judge with experts, against numbers worked out here item by item."""

from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from annotation.statistics.judge.comparison import Comparison, comparison
from annotation.statistics.judge.words import CONSTANT_EXPERTS, CONSTANT_JUDGE, NO_ORDER
from annotation.statistics.study_ratings import Scale
from tests.annotation.statistics.judge.judges import COLOUR, FIVE, Item, drawn_items, judged
from tests.annotation.statistics.report.studies import HARM, PLAN

pytestmark = pytest.mark.filterwarnings("error")


def compared(items: list[Item], scale: Scale = FIVE) -> Comparison:
    return comparison(judged(items, scale), scale, PLAN)


def weighted_pairs(items: list[Item]) -> Counter[tuple[int, int]]:
    """Return the weight of each pair of a reply and a rating, every item having a weight of 1."""
    weights: Counter[tuple[int, int]] = Counter()
    for item in items:
        for pair in product(item.judge, item.experts):
            weights[pair] += 1 / (len(item.judge) * len(item.experts))
    return weights


def kappa(items: list[Item], *, points: list[int], is_weighted: bool) -> float:
    """Cohen's kappa written out: observed against expected agreement over pairs of points."""
    pairs, n = weighted_pairs(items), len(items)
    margins = [
        {point: sum(w for pair, w in pairs.items() if pair[side] == point) for point in points}
        for side in (0, 1)
    ]
    reach = max(points) - min(points)

    def weight(a: int, b: int) -> float:
        return 1 - ((a - b) / reach) ** 2 if is_weighted else float(a == b)

    observed = sum(w * weight(*pair) for pair, w in pairs.items()) / n
    expected = sum(margins[0][a] * margins[1][b] * weight(a, b) for a, b in product(points, points)) / n**2
    return (observed - expected) / (1 - expected)


@pytest.mark.parametrize(("repeats", "experts"), [(1, 1), (1, 2), (3, 2)])
def test_every_number_is_the_one_worked_out_by_item(repeats: int, experts: int) -> None:
    items = drawn_items(5, repeats=repeats, experts=experts)

    found = compared(items)

    judge, expert = ([np.mean(getattr(item, side)) for item in items] for side in ("judge", "experts"))
    assert (found.n_items, found.n_posts, found.refusal) == (60, 12, "")
    assert (found.n_replies, found.n_ratings) == (60 * repeats, 60 * experts)
    assert found.n_pairs == 60 * repeats * experts == sum(map(sum, found.confusion))
    assert found.judge_mean.value == pytest.approx(np.mean(judge), abs=1e-12)
    assert found.expert_mean.value == pytest.approx(np.mean(expert), abs=1e-12)
    assert found.mean_difference.value == pytest.approx(np.mean(judge) - np.mean(expert), abs=1e-12)
    assert found.spearman.value == pytest.approx(spearmanr(judge, expert).statistic, abs=1e-12)
    assert found.kendall.value == pytest.approx(kendalltau(judge, expert).statistic, abs=1e-12)
    same = sum(w for (a, b), w in weighted_pairs(items).items() if a == b) / 60
    assert found.exact.value == pytest.approx(same, abs=1e-12)
    assert found.kappa.value == pytest.approx(
        kappa(items, points=[1, 2, 3, 4, 5], is_weighted=True), abs=1e-12
    )


def test_unordered_points_have_plain_kappa_and_ac1() -> None:
    """Gwet's AC1 of two raters: p_e = 2 pi (1 - pi) with two points."""
    draw = np.random.default_rng(2)
    items = [Item(place % 8, [int(draw.integers(2))], [int(draw.integers(2))]) for place in range(40)]

    found = compared(items, HARM)

    exact = np.mean([item.judge[0] == item.experts[0] for item in items])
    pi = np.mean([(item.judge[0] + item.experts[0]) / 2 for item in items])
    chance = 2 * pi * (1 - pi)
    assert found.kappa.value == pytest.approx(kappa(items, points=[0, 1], is_weighted=False), abs=1e-12)
    assert found.ac.value == pytest.approx((exact - chance) / (1 - chance), abs=1e-12)


def test_table_has_the_judge_in_rows() -> None:
    items = [Item(0, [1], [5, 4]), Item(1, [2], [5]), Item(2, ["refused"], [3]), Item(3, [2], [])]

    found = compared(items)

    assert found.confusion == (
        (0, 0, 0, 1, 1),
        (0, 0, 0, 0, 1),
        (0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0),
    )
    assert found.judge_mean.value == 1.5
    assert found.expert_mean.value == 4.75
    assert found.mean_difference.value == -3.25


def test_judge_who_gives_what_experts_give_agrees_wholly() -> None:
    items = [replace(item, judge=item.experts) for item in drawn_items(1, experts=1)]

    found = compared(items)

    for number in (found.spearman, found.kendall, found.exact, found.kappa, found.ac):
        assert number.value == pytest.approx(1, abs=1e-12)
        assert number.reason == "No interval: the number is the same in every resample."
    assert found.mean_difference.value == 0


def test_judge_who_turns_the_scale_round_correlates_wholly_and_negatively() -> None:
    items = [replace(item, judge=[6 - score for score in item.experts]) for item in drawn_items(1, experts=1)]

    found = compared(items)

    assert found.spearman.value == pytest.approx(-1, abs=1e-12)
    assert found.kendall.value == pytest.approx(-1, abs=1e-12)


def test_items_in_another_order_give_the_same_numbers() -> None:
    items = drawn_items(4, repeats=2)
    turned = [items[place] for place in np.random.default_rng(1).permutation(len(items))]

    one, other = compared(items), compared(turned)

    assert other.confusion == one.confusion
    for name in ("spearman", "kendall", "exact", "kappa", "ac", "mean_difference"):
        found, again = getattr(one, name), getattr(other, name)
        assert (again.value, again.low, again.high) == pytest.approx(
            (found.value, found.low, found.high), abs=1e-9
        )


def test_intervals_hold_their_values_and_get_narrower_with_posts() -> None:
    few, many = compared(drawn_items(6, n_items=60)), compared(drawn_items(6, n_items=600, n_posts=120))

    for name in ("spearman", "kendall", "exact", "kappa", "ac", "mean_difference"):
        widths = []
        for found in (getattr(few, name), getattr(many, name)):
            assert found.low <= found.value <= found.high
            widths.append(found.high - found.low)
        assert widths[1] < widths[0]


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([], "The judge was not asked about these items."),
        ([Item(0, [], [3])], "The judge was not asked about these items."),
        ([Item(0, ["waiting"], [3])], "No reply of the judge has come yet."),
        (
            [Item(0, ["refused", "refused"], [3]), Item(1, ["unreadable"], [3])],
            "No reply of the judge is a score: 2 refused, 1 unreadable.",
        ),
        ([Item(0, [3], [])], "No expert has rated an item that the judge scored."),
    ],
)
def test_nothing_to_compare_is_said_in_words(items: list[Item], reason: str) -> None:
    found = compared(items)

    assert found.refusal == reason
    assert (found.n_items, found.n_pairs) == (0, 0)
    for name in (
        "judge_mean",
        "expert_mean",
        "mean_difference",
        "spearman",
        "kendall",
        "exact",
        "kappa",
        "ac",
    ):
        assert (getattr(found, name).value, getattr(found, name).reason) == (None, reason)


def test_one_item_has_means_and_no_coefficient() -> None:
    found = compared([Item(0, [4], [2])])

    assert found.mean_difference.value == 2
    assert found.mean_difference.reason == "No interval: it needs at least 3 posts."
    assert found.refusal == "Only 1 item has both scores; agreement is shown from 10 items on."
    assert found.spearman.reason == found.ac.reason == found.refusal


@pytest.mark.parametrize("side", ["judge", "experts"])
def test_constant_side_has_agreement_and_no_correlation(side: str) -> None:
    items = [
        Item(item.post, [3], item.experts) if side == "judge" else Item(item.post, item.judge, [3])
        for item in drawn_items(1)
    ]

    found = compared(items)

    reason = CONSTANT_JUDGE if side == "judge" else CONSTANT_EXPERTS
    assert {found.spearman.reason, found.kendall.reason, found.kappa.reason} == {reason}
    assert found.exact.value is not None
    assert found.ac.value is not None


def test_both_constant_at_one_point_say_so() -> None:
    found = compared([Item(place, [1], [1, 1]) for place in range(12)])

    assert found.exact.value == 1
    assert found.spearman.reason == found.kappa.reason == CONSTANT_JUDGE


def test_points_without_order_have_neither_means_nor_ranks() -> None:
    found = compared([Item(place, [place % 3], [place % 2]) for place in range(12)], COLOUR)

    assert {found.spearman.reason, found.mean_difference.reason, found.judge_mean.reason} == {NO_ORDER}
    assert found.kappa.value is not None
