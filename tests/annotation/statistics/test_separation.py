import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotation.statistics.ordinal_fit import CellLogit, peak
from annotation.statistics.separation import groups_at_one_end, has_redundant_terms, is_separated

TWO_GROUPS = np.array([0, 0, 0, 0, 1, 1, 1, 1])


def columns(*groups: np.ndarray) -> np.ndarray:
    return (
        np.column_stack([group == number for group in groups for number in range(1, group.max() + 1)]) * 1.0
    )


def test_groups_at_one_end_are_named() -> None:
    category = np.array([0, 0, 2, 2, 0, 1, 1, 1])
    group = np.repeat([0, 1, 2, 3], 2)

    assert groups_at_one_end(category, group, ["a", "b", "c", "d"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("category", "separated"),
    [
        ([0, 1, 0, 1, 0, 1, 0, 1], False),
        ([0, 0, 0, 0, 1, 1, 1, 1], True),
        ([0, 1, 0, 1, 1, 1, 1, 1], True),
        ([0, 1, 2, 1, 2, 1, 2, 2], False),
        ([0, 1, 0, 1, 1, 2, 1, 2], True),
    ],
    ids=["overlap", "complete", "quasi-complete", "three points overlap", "three points, no overlap"],
)
def test_is_separated_two_groups(category: list[int], separated: bool) -> None:
    assert is_separated(np.array(category), columns(TWO_GROUPS)) is separated


def test_is_separated_by_a_mixture_though_no_group_is_at_one_end() -> None:
    """Raters waver on one condition each; on the other, one is always low and the other always high."""
    condition, rater = np.array([0, 0, 0, 1, 1, 1]), np.array([1, 1, 0, 0, 0, 1])
    category = np.array([0, 1, 0, 0, 1, 1])

    assert groups_at_one_end(category, condition, "ab") == groups_at_one_end(category, rater, "ab") == []
    assert is_separated(category, columns(condition, rater))
    assert not is_separated(category, columns(condition))


def test_has_redundant_terms_when_a_rater_stands_for_a_condition() -> None:
    assert has_redundant_terms(columns(TWO_GROUPS, TWO_GROUPS))
    assert not has_redundant_terms(columns(TWO_GROUPS, np.tile([0, 1], 4)))


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_is_separated_exactly_when_the_likelihood_has_no_peak(data: st.DataObject) -> None:
    n = data.draw(st.integers(8, 24))
    draws = [data.draw(st.lists(st.integers(0, top), min_size=n, max_size=n)) for top in (2, 2, 2)]
    category, condition, rater = (np.unique(draw, return_inverse=True)[1] for draw in draws)
    assume(category.max() > 0 and condition.max() > 0)
    design = columns(condition, rater)
    assume(not has_redundant_terms(design))

    found = peak(CellLogit(category, design, np.ones(n)))

    assert (found is None) is is_separated(category, design)
