import dataclasses

import numpy as np
import pytest

from annotation.simulation import EXAMPLE_CRITERIA, Design, SimulatedCriterion, simulate_points

DESIGN = Design(n_posts=28, n_conditions=3, n_dimensions=2, n_raters=4)
LARGE = Design(n_posts=400, n_conditions=2, n_dimensions=1, n_raters=6)
CALM = SimulatedCriterion((0.4, 2.4), (0.5, 1.5, 2.5), post_sd=0, item_sd=0, rater_sd=0, noise_sd=0)


def test_simulate_points_of_one_seed_are_the_same_and_of_two_are_not() -> None:
    first, again, other = (
        simulate_points(EXAMPLE_CRITERIA, DESIGN, seed=seed)["alignment"].tolist() for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


def test_simulate_points_gives_each_rater_a_place_on_the_scale_of_each_criterion() -> None:
    points = simulate_points(EXAMPLE_CRITERIA, DESIGN, seed=1)

    assert {key: places.shape for key, places in points.items()} == dict.fromkeys(
        EXAMPLE_CRITERIA, (28, 3, 2, 4)
    )
    assert {key: (places.min(), places.max()) for key, places in points.items()} == {
        "alignment": (0, 9),
        "empathy": (0, 4),
        "harmfulness": (0, 1),
        "factuality": (0, 2),
    }


def test_simulate_points_without_random_effects_are_where_the_means_fall_between_the_cuts() -> None:
    points = simulate_points({"calm": CALM}, LARGE, seed=1)["calm"]

    assert (set(points[:, 0].ravel()), set(points[:, 1].ravel())) == ({0}, {2})


@pytest.mark.parametrize(
    ("effect", "axes"),
    [("post_sd", (1, 2, 3)), ("item_sd", (3,)), ("rater_sd", (0, 1, 2)), ("noise_sd", ())],
)
def test_simulate_points_of_one_effect_differ_only_where_it_does(effect: str, axes: tuple[int, ...]) -> None:
    level = dataclasses.replace(CALM, means=(1.0, 1.0), **{effect: 1.0})

    points = simulate_points({"level": level}, LARGE, seed=1)["level"]

    varying = tuple(axis for axis in range(4) if axis not in axes)
    assert (np.ptp(points, axis=axes) == 0).all()
    assert (np.ptp(points, axis=varying) > 0).all()


def test_simulate_points_of_two_criteria_share_half_of_their_variance() -> None:
    fine = tuple(np.linspace(-4, 4, 400))
    criterion = SimulatedCriterion((0.0, 0.0), fine, post_sd=0, item_sd=1, rater_sd=0, noise_sd=0)
    criteria = {"one": criterion, "other": criterion, "turned": dataclasses.replace(criterion, sign=-1)}

    points = simulate_points(criteria, LARGE, seed=3)

    one, other, turned = (points[key][..., 0].ravel() for key in criteria)
    # 800 items: the standard error of a correlation of .5 is .027.
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.5, abs=0.08)
    assert np.corrcoef(one, turned)[0, 1] == pytest.approx(-0.5, abs=0.08)


def test_simulate_points_needs_a_mean_for_each_condition() -> None:
    with pytest.raises(ValueError, match="a mean for each of 4 conditions"):
        simulate_points(EXAMPLE_CRITERIA, dataclasses.replace(DESIGN, n_conditions=4), seed=1)
