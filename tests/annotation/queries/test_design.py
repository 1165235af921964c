import pytest

from annotation.enums import RatedUnder
from annotation.queries.design import DesignNumbers, count_design, design_numbers
from annotation.queries.human_text import HumanText
from generation.models import Chain
from generation.strategies import STRATEGIES
from tests.factories import STRATEGIES as STUDY_STRATEGIES
from tests.factories import make_study

SIX = ("self", "problem", "attention", "emotion", "control", "values")


def count(
    *strategies: str, rated_under: RatedUnder = RatedUnder.DRAW, dimensions: tuple[str, ...] = SIX
) -> DesignNumbers:
    return count_design(
        n_posts=400,
        dimension_keys=dimensions,
        strategy_keys=strategies,
        rated_under=rated_under,
        raters_per_item=2,
        n_raters=0,
    )


def test_all_strategies_of_the_paper_take_its_number_of_calls() -> None:
    assert count(*STRATEGIES).n_calls == 29_200


def test_texts_for_no_single_dimension_are_rated_under_one_or_all() -> None:
    drawn = count("INDV vanilla", "INDV +cons")
    every = count("INDV vanilla", "INDV +cons", rated_under=RatedUnder.ALL)

    assert (drawn.n_texts, drawn.n_items, drawn.n_ratings) == (2_800, 2_800, 5_600)
    assert (every.n_texts, every.n_items, every.n_ratings) == (2_800, 4_800, 9_600)


def test_one_strategy_with_two_models_counts_twice() -> None:
    assert count("INDV vanilla", "INDV vanilla").n_items == 800


def test_without_raters_as_many_as_needed_are_assumed() -> None:
    numbers = count("INDV vanilla")

    assert (numbers.n_raters_assumed, numbers.ratings_per_rater) == (2, 400)


@pytest.mark.parametrize(("strategies", "dimensions"), [((), SIX), (("ITER +cons", "INDV vanilla"), ())])
def test_half_a_design_comes_to_nothing(strategies: tuple[str, ...], dimensions: tuple[str, ...]) -> None:
    numbers = count(*strategies, dimensions=dimensions)

    assert (numbers.n_calls, numbers.n_texts, numbers.n_items, numbers.ratings_per_rater) == (0, 0, 0, 0)


def test_texts_by_people_are_counted_beside_the_models() -> None:
    texts = [
        HumanText(1, 1, 1, "expert", "self", "Self"),
        HumanText(2, 2, 2, "expert", "elsewhere", "Elsewhere"),
        HumanText(3, 1, 1, "reply", "", ""),
    ]

    numbers = [
        count_design(
            n_posts=2,
            dimension_keys=SIX,
            strategy_keys=["INDV vanilla"],
            rated_under=rated_under,
            raters_per_item=2,
            n_raters=0,
            human_texts=texts,
        )
        for rated_under in (RatedUnder.DRAW, RatedUnder.ALL)
    ]

    assert [
        (one.n_conditions, one.n_texts, one.n_human_texts, one.n_left_out, one.n_items) for one in numbers
    ] == [(3, 2, 2, 1, 2 + 2), (3, 2, 2, 1, 12 + 7)]


@pytest.mark.django_db
@pytest.mark.parametrize("rated_under", RatedUnder)
def test_numbers_are_those_of_the_run_and_the_items_that_are_made(rated_under: RatedUnder) -> None:
    cast = make_study(posts=2, strategies=STUDY_STRATEGIES, rated_under=rated_under)

    numbers = design_numbers(cast.study)

    chains = Chain.objects.filter(run_model__run=cast.study.run)
    assert numbers.n_texts == chains.count()
    assert numbers.n_calls == sum(chains.values_list("planned_calls", flat=True))
    assert numbers.n_items == cast.study.items.count()
