import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.statistics.observations import Observations
from annotation.statistics.ordinal_model import OrderedLogit, ordered_logit

CONDITIONS = ("vanilla", "+cons", "oracle")
RATERS = ("r11", "r12", "r14")


def study(
    *, n_posts: int = 20, n_raters: int = 3, points: int = 5, seed: int = 1
) -> tuple[Observations, np.ndarray]:
    """Every post answered under three conditions and rated by everyone; each condition beats the last."""
    rng = np.random.default_rng(seed)
    post, condition = (grid.ravel() for grid in np.meshgrid(range(n_posts), range(3), indexing="ij"))
    unit, rater = (grid.ravel() for grid in np.meshgrid(range(len(post)), range(n_raters), indexing="ij"))
    latent = 1.0 * condition[unit] + np.array([0, -1, 0.5])[rater] + rng.logistic(size=len(unit))
    category = np.searchsorted(np.linspace(-1, 3, points - 1), latent)
    return observed(unit, rater, category, points, post), condition


def observed(
    unit: np.ndarray, rater: np.ndarray, category: np.ndarray, points: int, post: np.ndarray
) -> Observations:
    return Observations(
        unit=unit, rater=rater, category=category, values=np.arange(points, dtype=np.float64), cluster=post
    )


def changed(observations: Observations, where: np.ndarray, category: int) -> Observations:
    return observed(
        observations.unit,
        observations.rater,
        np.where(where, category, observations.category),
        len(observations.values),
        observations.cluster,
    )


def fitted(observations: Observations, condition: np.ndarray, reference: int = 0) -> OrderedLogit:
    return ordered_logit(
        observations, condition, reference=reference, condition_names=CONDITIONS, rater_names=RATERS
    )


def test_ordered_logit_gives_each_condition_against_the_reference() -> None:
    model = fitted(*study())

    assert [effect.condition for effect in model.effects] == [1, 2]
    assert (model.n_ratings, model.n_posts, model.has_rater_terms) == (180, 20, True)
    assert (model.reason, model.cautions) == ("", ())
    for effect, truth in zip(model.effects, (1.0, 2.0), strict=True):
        assert abs(effect.beta - truth) < 3 * effect.se
        assert effect.odds_ratio == pytest.approx(np.exp(effect.beta))
        assert (effect.low, effect.high) == pytest.approx(
            tuple(np.exp(effect.beta + sign * 1.959964 * effect.se) for sign in (-1, 1)), rel=1e-6
        )
        assert effect.p == pytest.approx(math.erfc(effect.beta / effect.se / math.sqrt(2)))


def test_ordered_logit_turns_round_with_the_reference() -> None:
    forward, back = fitted(*study(), reference=0).effects, fitted(*study(), reference=1).effects

    assert back[0].condition == 0
    assert (back[0].beta, back[0].se) == pytest.approx((-forward[0].beta, forward[0].se), abs=1e-6)


def test_ordered_logit_does_not_depend_on_points_nobody_used() -> None:
    observations, condition = study()
    wider = Observations(
        unit=observations.unit,
        rater=observations.rater,
        category=observations.category + 2,
        values=np.arange(9, dtype=np.float64),
        cluster=observations.cluster,
    )

    assert fitted(wider, condition) == fitted(observations, condition)


def test_ordered_logit_of_one_rater_drops_the_rater_terms() -> None:
    model = fitted(*study(n_raters=1, n_posts=40))

    assert not model.has_rater_terms
    assert model.cautions == ("One rater only: the model has no rater terms.",)
    assert len(model.effects) == 2


def test_ordered_logit_of_few_posts_warns() -> None:
    model = fitted(*study(n_posts=9))

    assert model.cautions == ("Only 9 posts: below 10, the standard errors tend to be too small.",)


def test_ordered_logit_leaves_out_a_condition_without_ratings() -> None:
    observations, condition = study()

    model = fitted(observations, np.where(condition == 1, 0, condition))

    assert [effect.condition for effect in model.effects] == [2]
    assert model.cautions == ("Left out, without ratings: +cons.",)


def test_ordered_logit_condition_at_one_end_is_not_estimable() -> None:
    observations, condition = study(points=2)

    model = fitted(changed(observations, condition[observations.unit] == 2, 0), condition)

    assert model.effects == ()
    assert model.reason == "Not estimable: all ratings of oracle lie at one end of the scale."


def test_ordered_logit_raters_at_one_end_are_not_estimable() -> None:
    observations, condition = study(points=3)

    model = fitted(changed(observations, observations.rater < 2, 2), condition)

    assert model.reason == "Not estimable: all ratings by r11 and r12 lie at one end of the scale."


def test_ordered_logit_separated_by_a_mixture_is_not_estimable() -> None:
    """r11 never finds vanilla high and r12 never finds +cons low; on the other condition each gives both."""
    post, condition = np.repeat(np.arange(6), 2), np.tile([0, 1], 6)
    unit, rater = np.repeat(np.arange(12), 2), np.tile([0, 1], 12)
    wavering = (post[unit] + rater) % 2
    category = np.where(condition[unit] == rater, rater, wavering)

    model = fitted(observed(unit, rater, category, 2, post), condition)

    assert (model.effects, model.reason) == (
        (),
        "Not estimable: conditions and raters together part high from low ratings without overlap.",
    )


def test_ordered_logit_rater_who_stands_for_a_condition_is_not_estimable() -> None:
    observations, condition = study()
    kept = (observations.rater == 2) == (condition[observations.unit] == 2)
    apart = observed(
        observations.unit[kept],
        observations.rater[kept],
        observations.category[kept],
        5,
        observations.cluster,
    )

    assert fitted(apart, condition).reason == (
        "Not estimable: conditions cannot be told from raters, because too few raters rated several."
    )


def test_ordered_logit_equal_ratings_are_not_estimable() -> None:
    observations, condition = study()

    model = fitted(changed(observations, np.ones(observations.n_ratings, dtype=bool), 3), condition)

    assert model.reason == "Not estimable: all ratings are equal."


@pytest.mark.parametrize(
    ("n_posts", "conditions", "reason"),
    [
        (0, 3, "Not estimable: vanilla, the reference, has no ratings."),
        (20, 1, "Not estimable: no other condition has ratings."),
        (1, 3, "Not estimable: it needs ratings of at least 3 posts."),
        (2, 3, "Not estimable: it needs ratings of at least 3 posts."),
    ],
)
def test_ordered_logit_of_too_little_gives_words(n_posts: int, conditions: int, reason: str) -> None:
    observations, condition = study(n_posts=20)
    mask = (observations.cluster < n_posts) & (condition < conditions)

    model = fitted(observations.subset(mask), condition[mask])

    assert (model.effects, model.reason) == ((), reason)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_ordered_logit_of_any_ratings_gives_finite_numbers_or_words(data: st.DataObject) -> None:
    n_units = data.draw(st.integers(1, 12))
    condition = data.draw(st.lists(st.integers(0, 2), min_size=n_units, max_size=n_units))
    post = data.draw(st.lists(st.integers(0, 5), min_size=n_units, max_size=n_units))
    cells = st.tuples(st.integers(0, n_units - 1), st.integers(0, 2), st.integers(0, 2))
    rated = data.draw(st.lists(cells, unique_by=lambda cell: cell[:2], max_size=30))
    unit, rater, category = np.array(rated, dtype=np.int64).reshape(-1, 3).T
    cluster = np.unique(post, return_inverse=True)[1]

    model = fitted(observed(unit, rater, category, 3, cluster), np.array(condition))

    assert bool(model.effects) != bool(model.reason)
    for effect in model.effects:
        assert np.isfinite([effect.beta, effect.odds_ratio, effect.low, effect.high]).all()
        assert 0 < effect.low < effect.odds_ratio < effect.high
        assert 0 <= effect.p <= 1
