import pytest

from annotation.domain.item import attach_responses, plan_items
from annotation.domain.study import regenerate_text, start_generation
from annotation.enums import RatedUnder
from annotation.models import Item
from generation.models import Chain, Response, Step
from tests.factories import Cast, helpful_text, make_study, write_all

pytestmark = pytest.mark.django_db


def cells(cast: Cast) -> list[tuple[str, str]]:
    items = Item.objects.filter(study=cast.study).order_by("condition__position", "dimension__number")
    return [(item.condition.strategy_key, item.dimension.key) for item in items]


def test_texts_for_no_single_dimension_are_rated_under_all() -> None:
    cast = make_study(posts=1, rated_under=RatedUnder.ALL)

    assert cells(cast) == [
        (strategy, dimension)
        for strategy in ("INDV vanilla", "INDV +cons", "ITER +cons")
        for dimension in ("problem_focused_coping", "emotion_focused_coping")
    ]


def test_texts_for_no_single_dimension_are_rated_under_a_drawn_one() -> None:
    cast = make_study(posts=12, rated_under=RatedUnder.DRAW)

    vanilla = [dimension for strategy, dimension in cells(cast) if strategy == "INDV vanilla"]

    assert len(vanilla) == 12
    assert set(vanilla) == {"problem_focused_coping", "emotion_focused_coping"}


def test_plan_items_adds_nothing_the_second_time() -> None:
    cast = make_study(posts=2)

    assert plan_items(cast.study) == 0


def test_item_of_a_refinement_holds_its_last_text() -> None:
    make_study(posts=1, strategies=["ITER +cons"])

    response = Item.objects.get().response

    assert response is not None
    assert (response.is_final, response.step.index) == (True, 1)


def test_dimension_wise_item_holds_the_text_written_for_its_dimension() -> None:
    make_study(posts=2, strategies=["INDV +cons"])

    for item in Item.objects.select_related("response"):
        assert item.response is not None
        assert item.response.dimension_id == item.dimension_id
        assert item.response.post_id == item.post_id


def test_text_that_needs_review_is_not_attached_until_a_valid_one_is_written() -> None:
    def broken(chain: Chain, step: Step) -> str:
        return "Broken." if chain.generation_no == 1 else helpful_text(chain, step)

    cast = make_study(posts=1, strategies=["INDV vanilla"], is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    write_all(run, text_for=broken)
    cast.study.refresh_from_db()
    assert attach_responses(cast.study) == 0

    regenerate_text(cast.study, Chain.objects.get(), by=cast.manager)
    write_all(run, text_for=broken)

    assert attach_responses(cast.study) == 1
    assert Item.objects.get().response == Response.objects.get(chain__generation_no=2)
