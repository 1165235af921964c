"""A study compares what its managers planned, else what the rule says; when it was planned is never lost."""

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, transaction

from annotation.domain.contrast import plan_by_rule, plan_contrasts
from annotation.domain.errors import StudyError
from annotation.domain.hidden_conditions import hide_conditions, look_at_conditions
from annotation.domain.snapshot import take_snapshot
from annotation.domain.study import change_design
from annotation.enums import EventKind
from annotation.exports.score_table import scores_document
from annotation.models import Condition, ContrastPlan, PlannedContrast, StudyEvent
from annotation.queries.contrast import contrast_plan, planned_contrasts
from annotation.queries.shown_scores import shown_scores
from annotation.queries.snapshot import is_computed
from generation.models import ModelSpec
from tests.annotation.ratings import rate
from tests.factories import STRATEGIES, Cast, make_study

pytestmark = pytest.mark.django_db

# Of the conditions INDV vanilla, INDV +cons, ITER +cons, by their places; and what the rule makes of them.
ITER_AGAINST_CONS = [(2, 1)]
BY_RULE = [(1, 0), (2, 0)]


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=3)


def conditions(cast: Cast) -> list[Condition]:
    return list(cast.study.conditions.order_by("position"))


def plan(
    cast: Cast,
    pairs: Sequence[tuple[int, int]] = ITER_AGAINST_CONS,
    *,
    primary: str = "",
    based_on: int | None = None,
) -> ContrastPlan:
    at = conditions(cast)
    newest = contrast_plan(cast.study)
    return plan_contrasts(
        cast.study,
        contrasts=[(at[a], at[b]) for a, b in pairs],
        primary_criterion=cast.study.criteria.get(key=primary) if primary else None,
        based_on=based_on or (newest.pk if newest else None),
        by=cast.manager,
    )


def planned(cast: Cast) -> list[tuple[int, int]]:
    at = conditions(cast)
    pairs = planned_contrasts(cast.study, contrast_plan(cast.study))
    return [(at.index(a), at.index(b)) for a, b in pairs]


def log(cast: Cast) -> list[tuple[str, str]]:
    events = StudyEvent.objects.filter(study=cast.study, kind=EventKind.CONTRASTS_PLANNED).order_by("pk")
    return [(event.by.email if event.by else "", event.detail) for event in events]


def rate_all(cast: Cast) -> int:
    seats = [seat for user in cast.raters for seat in cast.assignments(user)]
    for number, seat in enumerate(seats):
        rate(seat, alignment=str(1 + (seat.item_id * 3 + number) % 10))
    return len(seats)


def test_rule_holds_until_somebody_plans(cast: Cast) -> None:
    assert (contrast_plan(cast.study), planned(cast)) == (None, BY_RULE)


def test_planned_contrasts_are_compared_in_their_order_and_direction(cast: Cast) -> None:
    made = plan(cast, [(2, 1), (0, 2)], primary="alignment")

    assert planned(cast) == [(2, 1), (0, 2)]
    assert (made.planned, str(made.primary_criterion), made.by) == (
        "before ratings",
        "Alignment with the standards",
        cast.manager,
    )
    assert log(cast) == [(cast.manager.email, "2 contrasts, primary criterion alignment, with 0 ratings in")]


def test_plan_after_the_first_rating_says_so(cast: Cast) -> None:
    rate(cast.assignments(cast.rater)[0])
    first = plan(cast)
    rate(cast.assignments(cast.rater)[1])
    second = plan(cast, [(2, 0)])

    assert (first.planned, second.planned) == ("after 1 rating", "after 2 ratings")


def test_plan_counts_the_looks_at_hidden_scores_before_it(cast: Cast) -> None:
    hide_conditions(cast.study, by=cast.manager)
    before = plan(cast)
    look_at_conditions(cast.study, by=cast.researcher)
    after = plan(cast, [(2, 0)])

    assert (before.n_looks, after.n_looks) == (0, 1)


def test_same_plan_again_stays_as_early_as_it_was(cast: Cast) -> None:
    first = plan(cast, primary="alignment")
    rate(cast.assignments(cast.rater)[0])

    again = plan(cast, primary="alignment")

    assert (again.pk, again.planned) == (first.pk, "before ratings")
    assert len(log(cast)) == 1


@pytest.mark.parametrize("changed", [[(1, 2)], [(2, 1), (1, 0)]])
def test_other_direction_or_one_more_is_another_plan(cast: Cast, changed: list[tuple[int, int]]) -> None:
    first = plan(cast)

    second = plan(cast, changed)

    assert second.pk != first.pk
    assert planned(cast) == changed


def test_rule_again_is_kept_as_a_plan(cast: Cast) -> None:
    plan(cast, primary="empathy")

    for _ in range(2):
        plan_by_rule(cast.study, by=cast.manager)

    newest = contrast_plan(cast.study)
    assert newest is not None
    assert (newest.planned, newest.primary_criterion, planned(cast)) == ("rule", None, BY_RULE)
    assert [detail for _, detail in log(cast)] == [
        "1 contrast, primary criterion empathy, with 0 ratings in",
        "by the rule, with 0 ratings in",
    ]


def test_rule_again_after_ratings_is_a_plan_after_ratings(cast: Cast) -> None:
    plan(cast)
    rate(cast.assignments(cast.rater)[0])

    plan_by_rule(cast.study, by=cast.manager)

    newest = contrast_plan(cast.study)
    assert newest is not None
    assert newest.planned == "after 1 rating"


def test_rule_that_nobody_left_needs_no_plan(cast: Cast) -> None:
    plan_by_rule(cast.study, by=cast.manager)

    assert not ContrastPlan.objects.exists()


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([], "Please choose at least one contrast"),
        ([(1, 1)], "cannot be compared with itself"),
        ([(1, 0), (0, 1)], "are there twice"),
        ([(1, 0), (1, 0)], "are there twice"),
    ],
)
def test_pairs_that_are_none_are_refused(cast: Cast, pairs: list[tuple[int, int]], sentence: str) -> None:
    with pytest.raises(StudyError, match=sentence):
        plan(cast, pairs)

    assert not ContrastPlan.objects.exists()


def test_what_is_of_another_study_is_refused(cast: Cast) -> None:
    other = make_study(posts=1, prefix="other-")
    ours, theirs = conditions(cast), conditions(other)

    for contrasts, criterion in (
        ([(ours[0], theirs[1])], None),
        ([(theirs[1], theirs[0])], None),
        ([(ours[1], ours[0])], other.study.criteria.get(key="empathy")),
    ):
        with pytest.raises(StudyError, match=r"of the study's criteria|among the study's conditions"):
            plan_contrasts(
                cast.study,
                contrasts=contrasts,
                primary_criterion=criterion,
                based_on=None,
                by=cast.manager,
            )

    assert not ContrastPlan.objects.exists()


def test_plan_that_its_maker_has_not_seen_is_not_put_aside(cast: Cast) -> None:
    first = plan(cast)
    second = plan(cast, [(2, 0)])

    with pytest.raises(StudyError, match="changed the plan after you opened this page"):
        plan(cast, [(1, 0)], based_on=first.pk)

    assert planned(cast) == [(2, 0)]
    plan(cast, [(1, 0)], based_on=second.pk)
    assert planned(cast) == [(1, 0)]


@pytest.mark.parametrize("second", [(1, 1), (1, 2), (2, 1)])
def test_database_refuses_a_pair_of_one_condition_and_a_pair_twice(
    cast: Cast, second: tuple[int, int]
) -> None:
    made, at = plan(cast), conditions(cast)
    a, b = second

    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedContrast.objects.create(plan=made, a=at[a], b=at[b], position=2)


def test_plan_makes_what_was_computed_out_of_date_and_is_told_with_it(cast: Cast) -> None:
    n_ratings = rate_all(cast)
    by_rule = take_snapshot(cast.study, n_resamples=20)

    plan(cast, [(2, 1)], primary="alignment")
    was_current = is_computed(cast.study)
    snapshot = take_snapshot(cast.study, n_resamples=20)
    for taken in (by_rule, snapshot):
        taken.refresh_from_db()

    assert not was_current and is_computed(cast.study)
    assert (by_rule.plan["planned"], by_rule.plan["contrasts"]) == ("rule", [[1, 0], [2, 0]])
    assert {name: snapshot.plan[name] for name in ("planned", "contrasts", "primary_criterion")} == {
        "planned": f"after {n_ratings} ratings",
        "contrasts": [[2, 1]],
        "primary_criterion": "alignment",
    }


def test_family_of_holm_is_as_large_as_the_plan() -> None:
    """With one contrast its p is not adjusted; of three the smallest is tripled."""
    cast = make_study(posts=6)
    rate_all(cast)

    plan(cast, [(2, 1)])
    alone = take_snapshot(cast.study, n_resamples=20).report["comparisons"]["alignment"]["contrasts"]
    plan(cast, [(2, 1), (1, 0), (2, 0)])
    three = take_snapshot(cast.study, n_resamples=20).report["comparisons"]["alignment"]["contrasts"]

    p = [contrast["result"]["sign_flip"]["p"] for contrast in three]
    assert [(contrast["a"], contrast["b"]) for contrast in three] == [(2, 1), (1, 0), (2, 0)]
    assert alone[0]["p_holm"] == alone[0]["result"]["sign_flip"]["p"] == p[0]
    assert min(contrast["p_holm"] for contrast in three) == min(1.0, 3 * min(p))


def test_scores_as_json_tell_when_it_was_planned(cast: Cast) -> None:
    def told() -> tuple[object, object, object]:
        shown = shown_scores(cast.study)
        document = scores_document(shown.scores, shown.computed)
        return document["planned"], document["primary_criterion"], len(document["comparisons"])

    n_ratings = rate_all(cast)
    seen = [told()]
    take_snapshot(cast.study, n_resamples=20)
    seen.append(told())
    plan(cast, primary="empathy")
    take_snapshot(cast.study, n_resamples=20)
    seen.append(told())

    assert seen == [
        (None, None, 0),
        ("rule", None, 2 * 4),
        (f"after {n_ratings} ratings", "empathy", 1 * 4),
    ]


def test_design_keeps_conditions_that_stay_and_their_contrasts() -> None:
    cast = make_study(posts=1, is_generated=False)
    plan(cast, [(2, 0)])
    model = ModelSpec.objects.get()

    redesign(cast, [(model, "ITER +cons"), (model, "INDV +appr"), (model, "INDV vanilla")])

    assert [condition.strategy_key for condition in conditions(cast)] == [
        "ITER +cons",
        "INDV +appr",
        "INDV vanilla",
    ]
    assert planned(cast) == [(0, 2)]


def test_design_cannot_lose_a_condition_that_is_planned_to_be_compared() -> None:
    cast = make_study(posts=1, is_generated=False)
    plan(cast, [(2, 0)])
    model = ModelSpec.objects.get()

    with pytest.raises(StudyError, match=r"The planned contrasts compare \S+ ITER \+cons\."):
        redesign(cast, [(model, "INDV vanilla"), (model, "INDV +cons")])
    kept = planned(cast)
    plan_by_rule(cast.study, by=cast.manager)
    redesign(cast, [(model, "INDV vanilla"), (model, "INDV +cons")])

    assert kept == [(2, 0)]
    assert (len(STRATEGIES), len(conditions(cast))) == (3, 2)


def redesign(cast: Cast, strategies: Sequence[tuple[ModelSpec, str]]) -> None:
    study = cast.study
    change_design(
        study,
        dimensions=list(study.dimensions.all()),
        conditions=strategies,
        raters_per_item=2,
        rated_under=study.rated_under,
        by=cast.manager,
    )
