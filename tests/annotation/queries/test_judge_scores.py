import numpy as np
import pytest

from annotation.enums import JudgeOrigin, JudgeOutcome
from annotation.models import Item, JudgeReply, JudgeRun, ScalePoint
from annotation.queries.judge_scores import KeyedJudge, keyed_judges
from annotation.queries.study_ratings import keyed_ratings
from annotation.statistics.judge.scores import NOT_ASKED, OUTCOMES
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

ALIGNMENT, EMPATHY, HARM, FACTUALITY = range(4)


@pytest.fixture
def cast() -> Cast:
    """A study of one post, of whose four items a rater rated all but the last."""
    cast = make_study(posts=1)
    for seat in cast.assignments(cast.rater)[:-1]:
        rate(seat)
    return cast


def judges(cast: Cast) -> tuple[KeyedJudge, ...]:
    return keyed_judges(cast.study, keyed_ratings(cast.study))


def rated_items(cast: Cast) -> list[Item]:
    return [Item.objects.get(pk=pk) for pk in keyed_ratings(cast.study).items.tolist()]


def unrated_item(cast: Cast) -> Item:
    return cast.assignments(cast.rater)[-1].item


def imported(cast: Cast, judge: str = "GPT-4, as published") -> JudgeRun:
    return JudgeRun.objects.create(study=cast.study, origin=JudgeOrigin.IMPORTED, judge=judge)


def reply(judge_run: JudgeRun, criterion: str, said: str, *, repeat: int = 1, **about: object) -> JudgeReply:
    """Store a reply: a point's key, or an outcome."""
    of_study = judge_run.study.criteria.get(key=criterion)
    point = ScalePoint.objects.filter(criterion=of_study, key=said).first()
    return JudgeReply.objects.create(
        judge_run=judge_run,
        criterion=of_study,
        outcome=JudgeOutcome.SCORE if point else JudgeOutcome(said),
        point=point,
        repeat=repeat,
        **about,
    )


def test_run_on_this_site_has_a_row_for_each_item_and_repeat(cast: Cast) -> None:
    judge_run = start_judge(cast, criteria=["alignment", "empathy"], repeats=2)
    answer_judge(judge_run)

    [judge] = judges(cast)

    n_items = len(rated_items(cast))
    assert judge.judge_run == judge_run
    assert judge.scores.item.tolist() == sorted([*range(n_items)] * 2)
    assert judge.scores.repeat.tolist() == [1, 2] * n_items
    assert np.unique(judge.scores.score, axis=0).tolist() == [[7, 3, -1, -1]]
    assert np.unique(judge.scores.outcome, axis=0).tolist() == [[0, 0, NOT_ASKED, NOT_ASKED]]
    assert judge.scores.n_elsewhere == 4


def test_points_are_places_on_the_scale_by_value(cast: Cast) -> None:
    """The factuality scale's first point, Yes, has the highest value."""
    judge_run, item = imported(cast), rated_items(cast)[0]
    reply(judge_run, "factuality", "1", item=item)
    reply(judge_run, "harmfulness", "2", item=item)

    [judge] = judges(cast)

    assert judge.scores.score.tolist() == [[-1, -1, 1, 2]]


def test_every_outcome_keeps_its_name(cast: Cast) -> None:
    judge_run, item = imported(cast), rated_items(cast)[0]
    for repeat, outcome in enumerate(OUTCOMES[1:], start=1):
        reply(judge_run, "empathy", outcome, item=item, repeat=repeat)

    [judge] = judges(cast)

    assert judge.scores.outcome[:, EMPATHY].tolist() == [1, 2, 3, 4]
    assert judge.scores.score[:, EMPATHY].tolist() == [-1] * 4


def test_reply_to_a_text_and_a_dimension_is_of_that_item(cast: Cast) -> None:
    judge_run, items = imported(cast), rated_items(cast)
    item = items[1]
    reply(judge_run, "alignment", "9", response=item.response, dimension=item.dimension)

    [judge] = judges(cast)

    assert judge.scores.item.tolist() == [1]
    assert judge.scores.score.tolist() == [[8, -1, -1, -1]]


def test_reply_to_a_text_without_a_dimension_is_of_all_its_items(cast: Cast) -> None:
    """A text of INDV vanilla is one for all dimensions; here two items are made of it."""
    judge_run, items = imported(cast), rated_items(cast)
    first = items[0]
    twin = Item.objects.exclude(pk=first.pk).filter(pk__in=[item.pk for item in items]).earliest("pk")
    Item.objects.filter(pk=twin.pk).update(response=first.response, dimension=other_dimension(first))
    reply(judge_run, "empathy", "4", response=first.response)

    [judge] = judges(cast)

    assert judge.scores.item.tolist() == [0, 1]
    assert judge.scores.score[:, EMPATHY].tolist() == [3, 3]


def other_dimension(item: Item) -> int:
    dimensions = item.study.constitution_set.dimensions.exclude(pk=item.dimension_id)
    return dimensions.values_list("pk", flat=True)[0]


def test_replies_to_what_nobody_rated_are_counted_and_not_compared(cast: Cast) -> None:
    judge_run, away = imported(cast), unrated_item(cast)
    reply(judge_run, "empathy", "4", item=away)
    reply(judge_run, "empathy", "4", response=away.response, dimension=away.dimension)
    reply(judge_run, "empathy", "4", response=away.response)
    reply(judge_run, "empathy", "4")

    [judge] = judges(cast)

    assert (len(judge.scores.item), judge.scores.n_elsewhere) == (0, 4)


def test_several_replies_to_one_item_are_its_repeats_in_their_order(cast: Cast) -> None:
    """An import may have the same question twice under one repeat."""
    judge_run, item = imported(cast), rated_items(cast)[0]
    for said, repeat in (("3", 1), ("5", 2), ("4", 1)):
        reply(judge_run, "empathy", said, item=item, repeat=repeat)

    [judge] = judges(cast)

    assert judge.scores.repeat.tolist() == [1, 2, 3]
    assert judge.scores.score[:, EMPATHY].tolist() == [2, 3, 4]


def test_judges_come_apart_and_in_the_order_of_their_making(cast: Cast) -> None:
    item = rated_items(cast)[0]
    for number, name in enumerate(("One", "Other"), start=1):
        reply(imported(cast, name), "empathy", str(number), item=item)

    found = judges(cast)

    assert [judge.judge_run.judge for judge in found] == ["One", "Other"]
    assert [judge.scores.score[0, EMPATHY] for judge in found] == [0, 1]


def test_study_without_ratings_has_judges_without_rows() -> None:
    cast = make_study(posts=1)
    answer_judge(start_judge(cast, criteria=["empathy"]))

    [judge] = judges(cast)

    assert (len(judge.scores.item), judge.scores.n_elsewhere) == (0, 4)
