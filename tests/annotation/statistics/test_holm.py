import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.holm import holm, posts_needed, smallest_sign_flip_p

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_holm_worked_example() -> None:
    """Recomputed from Holm, 1979, A simple sequentially rejective multiple test procedure."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02], abs=1e-12)


def test_holm_counts_a_planned_contrast_without_a_p() -> None:
    assert holm([0.01, None, 0.02]) == pytest.approx([0.03, None, 0.04])


def test_holm_of_an_empty_family_is_empty() -> None:
    assert holm([]) == ()


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_holm_impossible_p_raises(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, p])


@given(P_VALUES)
def test_holm_lies_between_the_p_and_bonferroni(p_values: list[float]) -> None:
    for p, adjusted in zip(p_values, holm(p_values), strict=True):
        assert adjusted is not None
        assert p <= adjusted <= min(1.0, len(p_values) * p)


@given(P_VALUES)
def test_holm_keeps_the_order_of_the_contrasts(p_values: list[float]) -> None:
    adjusted = [value for _, value in sorted(zip(p_values, holm(p_values), strict=True))]

    assert adjusted == sorted(adjusted)


@given(P_VALUES, st.data())
def test_holm_never_falls_when_a_p_rises(p_values: list[float], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(p_values) - 1))
    risen = [*p_values]
    risen[index] = data.draw(st.floats(p_values[index], 1))

    assert all(
        before <= after
        for before, after in zip(holm(p_values), holm(risen), strict=True)
        if before is not None and after is not None
    )


def test_smallest_p_of_eight_posts_never_passes_among_21_contrasts() -> None:
    smallest = smallest_sign_flip_p(8)

    assert smallest == 0.0078125
    assert holm([smallest] * 21)[0] == pytest.approx(0.1640625)


def test_ten_posts_are_needed_for_21_contrasts() -> None:
    assert posts_needed(21) == 10
    assert 21 * smallest_sign_flip_p(10) == pytest.approx(0.041015625)


@pytest.mark.parametrize(("n_posts", "p"), [(0, 1.0), (1, 1.0), (2, 0.5), (6, 0.03125)])
def test_smallest_p_of_few_posts(n_posts: int, p: float) -> None:
    assert smallest_sign_flip_p(n_posts) == p


@given(st.integers(1, 10_000), st.sampled_from([0.001, 0.01, 0.05, 0.1, 0.5]))
def test_posts_needed_is_the_first_number_that_passes(family_size: int, level: float) -> None:
    n_posts = posts_needed(family_size, level=level)

    assert family_size * smallest_sign_flip_p(n_posts) <= level
    assert family_size * smallest_sign_flip_p(n_posts - 1) > level


@pytest.mark.parametrize(("family_size", "level"), [(0, 0.05), (3, 0.0), (3, 1.0)])
def test_posts_needed_impossible_family_raises(family_size: int, level: float) -> None:
    with pytest.raises(ValueError, match="at least one contrast"):
        posts_needed(family_size, level=level)
