import pytest

from annotation.domain.generation import start_generation
from annotation.domain.item import attach_responses, plan_items
from annotation.domain.study import change_design, regenerate_text
from annotation.enums import RatedUnder
from annotation.models import Item
from annotation.queries.design import design_numbers
from generation.models import Chain, Response, Step
from tests.factories import Cast, add_human_texts, helpful_text, make_study, write_all

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


COPING, FEELING, OTHER = "problem_focused_coping", "emotion_focused_coping", "self_responsibility"


def make_study_with_references(rated_under: RatedUnder) -> Cast:
    """Four posts; an expert's texts for a dimension on the first three, a general reply on the last two."""
    cast = make_study(posts=4, strategies=["INDV vanilla"], is_generated=False)
    add_human_texts(cast.study, "oracle_response", dimension=COPING, posts=["post-1", "post-2"])
    add_human_texts(cast.study, "oracle_response", dimension=OTHER, posts=["post-3"])
    add_human_texts(cast.study, "top_reddit_comment", posts=["post-3", "post-4"])
    condition = cast.study.conditions.get()
    change_design(
        cast.study,
        dimensions=list(cast.study.dimensions.all()),
        conditions=[(condition.model_spec, condition.strategy_key)],
        human_sources=["oracle_response", "top_reddit_comment"],
        raters_per_item=2,
        rated_under=rated_under,
        by=cast.manager,
    )
    cast.study.refresh_from_db()
    return cast


def human_cells(cast: Cast) -> list[tuple[str, str, str]]:
    items = Item.objects.filter(study=cast.study, condition__source="human")
    return list(
        items.order_by("condition__position", "post__position", "dimension__number").values_list(
            "condition__method", "post__key", "dimension__key"
        )
    )


def test_items_of_people_are_planned_only_where_there_is_a_text() -> None:
    cast = make_study_with_references(RatedUnder.ALL)

    start_generation(cast.study, by=cast.manager)

    assert human_cells(cast) == [
        ("oracle_response", "post-1", COPING),
        ("oracle_response", "post-2", COPING),
        ("top_reddit_comment", "post-3", COPING),
        ("top_reddit_comment", "post-3", FEELING),
        ("top_reddit_comment", "post-4", COPING),
        ("top_reddit_comment", "post-4", FEELING),
    ]


@pytest.mark.parametrize("rated_under", RatedUnder)
def test_items_of_people_are_those_that_were_counted_and_have_their_text_at_once(
    rated_under: RatedUnder,
) -> None:
    cast = make_study_with_references(rated_under)
    numbers = design_numbers(cast.study)

    start_generation(cast.study, by=cast.manager)

    items = cast.study.items.filter(condition__source="human").select_related("response", "condition")
    assert numbers.n_items == cast.study.items.count()
    assert (numbers.n_human_texts, numbers.n_left_out) == (len({item.response_id for item in items}), 1)
    assert all(
        (item.response.post_id, item.response.method, item.response.status)
        == (item.post_id, item.condition.method, "valid")
        for item in items
    )
    assert plan_items(cast.study) == 0


def test_drawn_dimension_of_a_text_by_people_follows_the_seed() -> None:
    drawn = []
    for prefix in ("a-", "b-"):
        cast = make_study(
            posts=12, strategies=(), human_sources=("reply",), is_generated=False, prefix=prefix
        )
        start_generation(cast.study, by=cast.manager)
        drawn.append([dimension for _, _, dimension in human_cells(cast)])

    assert drawn[0] == drawn[1]
    assert set(drawn[0]) == {COPING, FEELING}
