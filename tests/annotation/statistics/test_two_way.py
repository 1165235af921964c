import numpy as np
import pytest

from annotation.statistics.two_way import two_way
from tests.annotation.statistics.designs import NA
from tests.annotation.statistics.published import SHROUT_FLEISS


def test_two_way_of_shrout_and_fleiss() -> None:
    anova = two_way(np.array(SHROUT_FLEISS, dtype=float))

    assert anova is not None
    assert (anova.items, anova.raters, anova.residual) == pytest.approx(
        (11.241667, 32.486111, 1.019444), abs=5e-7
    )
    assert (anova.agreement_single, anova.agreement_mean) == pytest.approx((0.289764, 0.620051), abs=5e-7)
    assert (anova.consistency_single, anova.consistency_mean) == pytest.approx((0.714841, 0.909316), abs=5e-7)


def test_severity_lowers_agreement_and_leaves_consistency() -> None:
    anova = two_way(np.array([[1.0, 3], [2, 4], [5, 7]]))

    assert anova is not None
    assert anova.consistency_single == pytest.approx(1, abs=1e-12)
    assert anova.agreement_single == pytest.approx(0.684211, abs=5e-7)


@pytest.mark.parametrize("scores", [[[1, 2, 3]], [[1], [2]], [[1, 2], [NA, 2]], [[4, 4], [4, 4]]])
def test_two_way_without_two_items_two_raters_all_scores_or_a_difference_is_none(
    scores: list[list[float]],
) -> None:
    assert two_way(np.array(scores, dtype=float)) is None


def test_raters_who_only_contradict_each_other_have_no_reliable_mean() -> None:
    anova = two_way(np.array([[0.4, 0.7], [0.7, 0.4]] * 2))

    assert anova is not None
    assert anova.consistency_single == pytest.approx(-1, abs=1e-12)
    assert anova.consistency_mean is None
