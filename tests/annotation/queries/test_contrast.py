import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.models import Condition, Study
from annotation.queries.contrast import contrasts_by_rule, reference_condition
from generation.models import ModelSpec
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def add_model(study: Study, name: str, *strategies: str) -> None:
    """Give the study conditions of another model, after those it has."""
    spec = ModelSpec.objects.create(name=name, model=name)
    first = study.conditions.count() + 1
    for position, strategy in enumerate(strategies, first):
        pipeline, method = strategy.split(" ", 1)
        Condition.objects.create(
            study=study, model_spec=spec, pipeline=pipeline, method=method, position=position
        )


def pairs(study: Study) -> list[tuple[str, str]]:
    return [(str(a), str(b)) for a, b in contrasts_by_rule(study)]


SMALL = "SmolLM2-135M-Instruct"


def test_every_strategy_is_compared_with_the_unguided_text_of_its_model() -> None:
    cast = make_study(posts=1, is_generated=False)
    add_model(cast.study, "Other", "ITER self-refine", "INDV vanilla", "INDV +cons")

    assert pairs(cast.study) == [
        (f"{SMALL} INDV +cons", f"{SMALL} INDV vanilla"),
        (f"{SMALL} ITER +cons", f"{SMALL} INDV vanilla"),
        ("Other ITER self-refine", "Other INDV vanilla"),
        ("Other INDV +cons", "Other INDV vanilla"),
    ]


def test_model_without_an_unguided_text_has_no_contrast() -> None:
    cast = make_study(posts=1, strategies=("INDV +cons", "ITER +cons"), is_generated=False)
    add_model(cast.study, "Other", "INDV vanilla")

    assert pairs(cast.study) == []


def test_human_sources_beside_a_model_are_compared_with_nothing() -> None:
    cast = make_study(
        posts=1,
        strategies=("INDV vanilla", "INDV +cons"),
        human_sources=("oracle_response",),
        is_generated=False,
    )

    assert pairs(cast.study) == [(f"{SMALL} INDV +cons", f"{SMALL} INDV vanilla")]


@pytest.mark.parametrize(
    ("sources", "contrasts"),
    [
        (("first", "second", "third"), [("second", "first"), ("third", "first")]),
        (("only",), []),
    ],
)
def test_sources_of_a_study_without_a_model_are_compared_with_the_first(
    sources: tuple[str, ...], contrasts: list[tuple[str, str]]
) -> None:
    cast = make_study(posts=1, strategies=(), human_sources=sources)

    assert pairs(cast.study) == contrasts


@pytest.mark.parametrize(
    ("strategies", "reference"),
    [
        (("INDV +cons", "INDV vanilla"), f"{SMALL} INDV vanilla"),
        (("ITER +cons", "INDV +cons"), f"{SMALL} ITER +cons"),
    ],
)
def test_reference_is_the_first_unguided_condition_else_the_first(
    strategies: tuple[str, ...], reference: str
) -> None:
    cast = make_study(posts=1, strategies=strategies, is_generated=False)

    assert str(reference_condition(cast.study)) == reference


def test_study_of_one_condition_has_no_reference() -> None:
    cast = make_study(posts=1, strategies=("INDV vanilla",), is_generated=False)

    assert reference_condition(cast.study) is None


@pytest.mark.parametrize("strategies", [("INDV vanilla",), ("INDV vanilla", "INDV +cons", "ITER +cons")])
def test_contrasts_by_rule_query_count(
    strategies: tuple[str, ...], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cast = make_study(posts=1, strategies=strategies, is_generated=False)

    with django_assert_num_queries(1):
        names = pairs(cast.study)

    assert len(names) == len(strategies) - 1
