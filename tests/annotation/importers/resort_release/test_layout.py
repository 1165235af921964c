import pytest

from annotation.importers.resort_release.layout import TextStep, rated_step
from generation.strategies import STRATEGIES

NUMBERS = {"blame": 1, "steps": 4, "values": 23}


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("INDV vanilla", TextStep(None, 0, is_final=True)),
        ("INDV +cons", TextStep(4, 0, is_final=True)),
        ("INDV +appr", TextStep(4, 1, is_final=True)),
        ("ITER self-refine", TextStep(None, 1, is_final=False)),
        ("ITER +cons", TextStep(None, 1, is_final=False)),
        ("ITER +appr", TextStep(None, 3, is_final=False)),
        # Appraisal, half step and text of each dimension.
        ("ITER +appr +cons", TextStep(None, 5, is_final=False)),
    ],
)
def test_text_that_is_read_under_a_dimension(strategy: str, expected: TextStep) -> None:
    assert rated_step(STRATEGIES[strategy], NUMBERS, 4) == expected


def test_last_dimension_has_the_last_text() -> None:
    assert rated_step(STRATEGIES["ITER +cons"], NUMBERS, 23) == TextStep(None, 2, is_final=True)


def test_dimension_without_constitution_has_none() -> None:
    assert rated_step(STRATEGIES["INDV vanilla"], NUMBERS, 2) is None
