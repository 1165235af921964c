from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.holm import holm
from annotation.statistics.paired_tests import McNemar, PairedT, Wilcoxon, mcnemar, paired_t, wilcoxon
from annotation.statistics.pairs import Pairs
from annotation.statistics.sign_flip import sign_flip

# Darwin's maize, differences of height in eighths of an inch (Fisher, 1935, The Design of Experiments).
MAIZE = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]
# Made up so that n, the mean 4.44, d_z 1.92, the ties and the zero are those of the authors' GPT-4
# ITER +appr+cons against vanilla, whose p-values are known: t .00096, Wilcoxon .0138, sign flips .0156.
LIKE_THE_RELEASE = [0.0, 2.0, 4.0, 5.5, 5.5, 6.0, 6.0, 6.5]


def pairs_of(differences: list[float]) -> Pairs:
    a = np.array(differences, dtype=np.float64)
    return Pairs(a=a, b=np.zeros(len(a)), post=np.arange(len(a)))


def test_wilcoxon_maize() -> None:
    assert wilcoxon(pairs_of(MAIZE)) == Wilcoxon(n_posts=15, statistic=24.0, p=0.041259765625, exact=True)


def test_paired_t_maize() -> None:
    """t = 2.148 with 14 degrees of freedom, p .0497 (Fisher, 1935, section 17)."""
    test = paired_t(pairs_of(MAIZE))

    assert (test.t, test.p) == pytest.approx((2.148, 0.0497), abs=5e-4)


def test_tests_of_the_release_and_holm_over_21_contrasts() -> None:
    pairs = pairs_of(LIKE_THE_RELEASE)

    p_values = [paired_t(pairs).p, wilcoxon(pairs).p, sign_flip(pairs, seed=1).p]

    assert p_values == pytest.approx([0.00096, 0.0138, 0.0156], abs=5e-5)
    assert [holm([p, *[1.0] * 20])[0] for p in p_values] == pytest.approx([0.020, 0.29, 0.33], abs=5e-3)


def test_wilcoxon_with_ties_is_not_exact() -> None:
    assert not wilcoxon(pairs_of([1.0, 1.0, 2.0, 3.0])).exact


def test_tests_take_each_post_once() -> None:
    twice = Pairs(
        a=np.repeat(np.array(MAIZE, dtype=np.float64), 2), b=np.zeros(30), post=np.repeat(np.arange(15), 2)
    )

    assert wilcoxon(twice) == wilcoxon(pairs_of(MAIZE))
    assert paired_t(twice) == paired_t(pairs_of(MAIZE))


@pytest.mark.parametrize("differences", [[], [1.0], [1.0, 3.0], [0.0, 0.0, 0.0]])
def test_tests_of_nothing_give_words(differences: list[float]) -> None:
    pairs = pairs_of(differences)
    n_posts, reason = len(differences), pairs.why_untestable()

    assert wilcoxon(pairs) == Wilcoxon(n_posts=n_posts, reason=reason)
    assert paired_t(pairs) == PairedT(n_posts=n_posts, reason=reason)


def test_paired_t_of_equal_differences_gives_words() -> None:
    assert paired_t(pairs_of([0.2, 0.2, 0.2])) == PairedT(
        n_posts=3, reason="All differences are equal: there is no spread to judge them by."
    )


@given(st.lists(st.integers(-9, 9), min_size=3, max_size=20))
def test_tests_do_not_depend_on_the_direction(differences: list[int]) -> None:
    pairs, mirrored = pairs_of(differences), pairs_of([-difference for difference in differences])

    assert wilcoxon(pairs) == wilcoxon(mirrored)
    assert paired_t(pairs).p == paired_t(mirrored).p


def flags(only_a: int, only_b: int, both: int = 0, neither: int = 0) -> tuple[np.ndarray, np.ndarray]:
    a = np.repeat([True, False, True, False], [only_a, only_b, both, neither])
    b = np.repeat([False, True, True, False], [only_a, only_b, both, neither])
    return a, b


def test_mcnemar_airway_example() -> None:
    """1 and 7 discordant pairs: exact .0703, mid-p .0391 (Fagerland, Lydersen & Laake, 2013)."""
    outcome = mcnemar(*flags(1, 7, both=1, neither=12))

    assert (outcome.n_pairs, outcome.only_a, outcome.only_b, outcome.reason) == (21, 1, 7, "")
    assert (outcome.p_exact, outcome.p_mid) == pytest.approx((0.0703, 0.0391), abs=5e-5)


def test_mcnemar_balanced_pairs() -> None:
    """With as many pairs either way, the mid-p is 1 less half the probability of that very split."""
    outcome = mcnemar(*flags(2, 2))

    assert (outcome.p_exact, outcome.p_mid) == pytest.approx((1.0, 1 - comb(4, 2) / 2**4 / 2))


def test_mcnemar_without_a_differing_pair_gives_words() -> None:
    assert mcnemar(*flags(0, 0, both=3, neither=4)) == McNemar(
        n_pairs=7,
        only_a=0,
        only_b=0,
        reason="No pair of items is flagged under one condition only: there is nothing to test.",
    )


def test_mcnemar_without_pairs_gives_words() -> None:
    assert mcnemar(*flags(0, 0)) == McNemar(n_pairs=0, only_a=0, only_b=0, reason="There are no pairs.")


@given(st.integers(0, 40), st.integers(1, 40))
def test_mcnemar_exact_is_the_binomial_and_above_the_mid_p(only_a: int, only_b: int) -> None:
    n = only_a + only_b
    tail = sum(comb(n, k) for k in range(min(only_a, only_b) + 1)) / 2**n

    outcome, mirrored = mcnemar(*flags(only_a, only_b)), mcnemar(*flags(only_b, only_a))

    assert outcome.p_exact == pytest.approx(min(1.0, 2 * tail), rel=1e-9)
    assert 0 < outcome.p_mid <= outcome.p_exact <= 1
    assert (outcome.p_exact, outcome.p_mid) == (mirrored.p_exact, mirrored.p_mid)
