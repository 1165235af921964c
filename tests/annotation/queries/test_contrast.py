import pytest

from annotation.queries.contrast import planned_contrasts
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def pairs(**design: object) -> list[tuple[str, str]]:
    cast = make_study(posts=1, **design)
    return [(a.method, b.method) for a, b in planned_contrasts(cast.study)]


def test_contrasts_are_each_strategy_against_the_unguided_text_of_its_model() -> None:
    assert pairs(human_sources=("oracle_response",)) == [("+cons", "vanilla"), ("+cons", "vanilla")]


def test_contrasts_are_none_where_the_model_has_no_unguided_text() -> None:
    assert pairs(strategies=["INDV +cons"], human_sources=("first", "second")) == []


def test_contrasts_of_a_study_without_a_model_are_each_source_against_the_first() -> None:
    assert pairs(strategies=[], human_sources=("first", "second", "third")) == [
        ("second", "first"),
        ("third", "first"),
    ]


def test_contrasts_are_none_of_a_single_source() -> None:
    assert pairs(strategies=[], human_sources=("only",)) == []
