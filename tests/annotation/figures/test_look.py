import re
from itertools import pairwise
from pathlib import Path

import pytest

from annotation.figures.look import DARK, LIGHT, PRINT, Look, contrast, ink_on

TOKENS = (Path(__file__).parents[3] / "static" / "css" / "tokens.css").read_text()
BY_LIGHT, BY_DARK = TOKENS.split("prefers-color-scheme: dark")
LOOKS = pytest.mark.parametrize("look", [PRINT, LIGHT, DARK], ids=lambda look: look.name)


def backgrounds(css: str) -> list[str]:
    return re.findall(r"--(?:paper|surface|sunken): (#[0-9a-f]{6});", css)


ON = [
    *((PRINT, "#ffffff"), (PRINT, PRINT.shade)),
    *((LIGHT, paper) for paper in (*backgrounds(BY_LIGHT), LIGHT.shade)),
    *((DARK, paper) for paper in (*backgrounds(BY_DARK), DARK.shade)),
]


def test_the_site_has_three_backgrounds_in_light_and_in_dark() -> None:
    assert (len(backgrounds(BY_LIGHT)), len(backgrounds(BY_DARK))) == (3, 3)


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("look", "paper"), ON)
def test_words_have_at_least_the_contrast_of_small_text(look: Look, paper: str) -> None:
    assert min(contrast(look.ink, paper), contrast(look.ink_soft, paper)) >= 4.5


@pytest.mark.parametrize(("look", "paper"), ON)
def test_marks_stand_out_from_the_paper(look: Look, paper: str) -> None:
    assert min(contrast(mark, paper) for mark in look.marks) >= 3


@LOOKS
@pytest.mark.parametrize("steps", [2, 3, 5, 10, 11])
def test_numbers_in_bars_can_be_read_on_every_step(look: Look, steps: int) -> None:
    fills = [look.scale_step(step, steps) for step in range(steps)]

    assert min(contrast(ink_on(fill), fill) for fill in fills) >= 4.5


@LOOKS
def test_steps_of_a_scale_grow_darker_so_that_they_are_ordered_without_hue(look: Look) -> None:
    darkness = [contrast("#ffffff", look.scale_step(step, 10)) for step in range(10)]

    assert all(darker / lighter > 1.1 for lighter, darker in pairwise(darkness))


@LOOKS
def test_numbers_in_cells_can_be_read_at_every_distance(look: Look) -> None:
    fills = [look.around_mean(distance / 10) for distance in range(-10, 11)]

    assert min(contrast(ink_on(fill), fill) for fill in fills) >= 4.5


@LOOKS
def test_colours_around_a_mean_end_in_two_hues_and_do_not_go_on(look: Look) -> None:
    assert [look.around_mean(distance) for distance in (-2, -1, 0, 1, 2)] == [
        look.below,
        look.below,
        look.level,
        look.above,
        look.above,
    ]
