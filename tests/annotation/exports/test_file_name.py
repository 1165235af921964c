import pytest

from annotation.exports.file_name import file_stem
from annotation.models import Study


@pytest.mark.parametrize(
    ("slug", "is_simulated", "stem"),
    [
        ("night", False, "night"),
        ("night", True, "night-simulated"),
        ("example-with-simulated-ratings", True, "example-with-simulated-ratings"),
        ("simulated-annealing", False, "simulated-annealing"),
    ],
)
def test_file_stem_says_once_that_ratings_are_simulated(slug: str, is_simulated: bool, stem: str) -> None:
    assert file_stem(Study(slug=slug, is_simulated=is_simulated)) == stem
