"""Our alpha, AC1/AC2 and ICC against other people's, on 1,000 random designs.

Among the designs are gaps, ties, raters who always give the same point, single items and equal ratings.
AC2 is compared on every other design, by one of its weights in turn. pingouin knows no gaps: it leaves out
items that not every rater rated, so ICC is compared on the items that are left.
"""

from collections.abc import Iterator

import numpy as np

from annotation.statistics import weights
from annotation.statistics.alpha import ALPHA_INTERVAL, ALPHA_NOMINAL, ALPHA_ORDINAL, ALPHA_RATIO
from annotation.statistics.coefficient import estimate, why_undefined
from annotation.statistics.gwet import AC1, AC2_LINEAR, AC2_ORDINAL, AC2_QUADRATIC, gwet_standard_error
from annotation.statistics.icc import ICC_SINGLE, icc_mean
from annotation.statistics.observations import FloatArray
from annotation.statistics.two_way import two_way
from tests.annotation.statistics.designs import observations_of, random_scores
from tests.annotation.statistics.packages import package_ac, package_alpha, pingouin_icc

N_DESIGNS = 1_000
LEVELS = {
    "nominal": ALPHA_NOMINAL,
    "ordinal": ALPHA_ORDINAL,
    "interval": ALPHA_INTERVAL,
    "ratio": ALPHA_RATIO,
}
AC2 = [
    ("linear", AC2_LINEAR, weights.linear),
    ("quadratic", AC2_QUADRATIC, weights.quadratic),
    ("ordinal", AC2_ORDINAL, weights.ordinal),
]


def designs() -> Iterator[tuple[int, FloatArray, FloatArray]]:
    for number in range(N_DESIGNS):
        scores, values = random_scores(np.random.default_rng([1979, number]))
        yield number, scores, values


def differs(ours: float | None, theirs: float | None) -> bool:
    """Say whether a package's number, where it has one, is missing here or further off than 1e-9."""
    return theirs is not None and (ours is None or abs(ours - theirs) > 1e-9)


def test_designs_go_wrong_in_every_way() -> None:
    tables = [scores for _, scores, _ in designs()]

    n_designs = {
        "one item": sum(len(scores) == 1 for scores in tables),
        "gaps": sum(bool(np.isnan(scores).any()) for scores in tables),
        "a constant rater": sum(bool((np.ptp(scores, axis=0) == 0).any()) for scores in tables),
        "equal ratings": sum(bool(np.nanmax(scores) == np.nanmin(scores)) for scores in tables),
        "complete": sum(not np.isnan(scores).any() for scores in tables),
    }
    assert min(n_designs.values()) >= 40


def test_alpha_equals_the_package_krippendorff() -> None:
    compared, different = 0, []
    for number, scores, values in designs():
        observations = observations_of(scores, values=values)
        for level, coefficient in LEVELS.items():
            ours, theirs = estimate(observations, coefficient), package_alpha(scores, values, level)
            compared += theirs is not None
            if differs(ours, theirs):
                different.append((number, level, ours, theirs))

    assert different == []
    assert compared > 3 * N_DESIGNS


def test_ac1_and_ac2_equal_the_package_irrcac() -> None:
    compared, different = 0, []
    for number, scores, values in designs():
        observations = observations_of(scores, values=values)
        kinds = [("identity", AC1, weights.identity)] + ([AC2[number % len(AC2)]] if number % 2 else [])
        for name, coefficient, agreement in kinds:
            theirs = package_ac(scores, values, name)
            ours = estimate(observations, coefficient), gwet_standard_error(observations, agreement)
            compared += theirs.value is not None
            if differs(ours[0], theirs.value) or differs(ours[1], theirs.standard_error):
                different.append((number, name, ours, theirs))

    assert different == []
    assert compared > N_DESIGNS


def test_icc_equals_the_package_pingouin_on_the_items_that_all_rated() -> None:
    compared, different = 0, []
    with pingouin_icc() as iccs_of:
        for number, scores, values in designs():
            theirs, complete = iccs_of(scores), rated_by_all(scores)
            ours = our_iccs(complete, values)
            compared += any(value is not None for value in theirs.values())
            different += [
                (number, name, ours[name], value)
                for name, value in theirs.items()
                if not is_noise(name, value, complete) and differs(ours[name], value)
            ]

    assert different == []
    assert compared > N_DESIGNS / 2


def test_icc_of_one_item_is_refused_by_the_package_and_by_us_in_words() -> None:
    of_one_item = [(scores, values) for _, scores, values in designs() if len(scores) == 1]

    with pingouin_icc() as iccs_of:
        theirs = [iccs_of(scores) for scores, _ in of_one_item]

    observed = [observations_of(scores, values=values) for scores, values in of_one_item]
    assert len(observed) >= 40
    assert {value for iccs in theirs for value in iccs.values()} <= {None}
    assert {estimate(one, ICC_SINGLE) for one in observed} == {None}
    assert {why_undefined(one, ICC_SINGLE) for one in observed} == {
        "There are fewer than two items, or all ratings are equal: items cannot be told apart."
    }


def rated_by_all(scores: FloatArray) -> FloatArray:
    """Return the items that every rater rated, raters without any rating aside."""
    present = scores[:, ~np.isnan(scores).all(axis=0)]
    return present[~np.isnan(present).any(axis=1)]


def our_iccs(scores: FloatArray, values: FloatArray) -> dict[str, float | None]:
    observations, crossed = observations_of(scores, values=values), two_way(scores)
    return {
        "ICC(1,1)": estimate(observations, ICC_SINGLE),
        "ICC(1,k)": estimate(observations, icc_mean(scores.shape[1])),
        "ICC(A,1)": crossed.agreement_single if crossed else None,
        "ICC(A,k)": crossed.agreement_mean if crossed else None,
        "ICC(C,1)": crossed.consistency_single if crossed else None,
        "ICC(C,k)": crossed.consistency_mean if crossed else None,
    }


def is_noise(name: str, value: float | None, scores: FloatArray) -> bool:
    """Say whether a package's two-way value is none.

    It is above 1, or one over next to nothing, or 0 / 0 because all items have equal means.
    """
    if name in {"ICC(1,1)", "ICC(1,k)"} or value is None:
        return False
    return value > 1 + 1e-9 or value < -1e9 or bool(np.ptp(scores.mean(axis=1)) < 1e-12)
