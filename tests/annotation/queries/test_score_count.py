"""Counts made from the ratings' answers are those of their scores."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.models import Assignment, Rating, Score, Study
from annotation.queries.counted_rating import counted_ratings
from annotation.queries.score_count import RatingCounts, count_items, count_ratings
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

POINTS = {"alignment": 10, "empathy": 5, "harmfulness": 2, "factuality": 3}
KEYS = st.fixed_dictionaries({key: st.none() | st.integers(1, n).map(str) for key, n in POINTS.items()})


@pytest.fixture
def cast() -> Cast:
    """Make a study beside another one with a rating."""
    other = make_study(posts=1, prefix="other-")
    rate(other.assignments(other.rater)[0])
    return make_study(posts=2, raters=3)


def by_scores(study: Study, group: str) -> RatingCounts:
    """Count one score of a current version after the other; `group` is where its rating belongs."""
    ratings = list(
        Rating.objects.filter(assignment__item__study=study).values_list(f"assignment__{group}", "current")
    )
    scores: defaultdict[int, defaultdict[str, Counter[Decimal]]] = defaultdict(lambda: defaultdict(Counter))
    for of_group, current in ratings:
        for score in Score.objects.filter(version=current).select_related("criterion", "point"):
            scores[of_group][score.criterion.key][score.point.value] += 1
    return RatingCounts(n_ratings=Counter(of_group for of_group, _ in ratings), scores=scores)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(submissions=st.lists(st.tuples(st.integers(0, 5), KEYS), max_size=4))
def test_counts_are_those_of_the_scores_however_often_raters_change_them(
    cast: Cast, submissions: Sequence[tuple[int, Mapping[str, str | None]]]
) -> None:
    seats = list(Assignment.objects.filter(item__study=cast.study).order_by("pk")[:6])
    for number, keys in submissions:
        rate(seats[number], **keys)

    ratings = counted_ratings(cast.study)
    raters = cast.study.memberships.values_list("pk", flat=True)
    by_condition, by_rater = count_ratings(cast.study, ratings, raters=raters)

    assert by_condition == by_scores(cast.study, "item__condition")
    assert by_rater == by_scores(cast.study, "rater")
    assert count_items(ratings).total() == len({rating.assignment.item_id for rating in ratings})
