import pytest

from annotation.domain.errors import StudyError
from annotation.domain.simulated_rating import submit_simulated_ratings
from annotation.domain.study import pause_study
from annotation.enums import AssignmentStatus, RatingOrigin
from annotation.models import Assignment, Criterion, Rating, RatingVersion, Score
from annotation.simulation import EXAMPLE_CRITERIA
from tests.annotation.ratings import answers_by_scores, studies_of_ratings
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Make an open study for simulated ratings: 2 posts, 3 conditions, 2 raters, each item with both."""
    cast = make_study(posts=2)
    cast.study.is_simulated = True
    cast.study.save()
    return cast


def submit(cast: Cast) -> int:
    return submit_simulated_ratings(cast.study, EXAMPLE_CRITERIA, by=cast.manager)


def test_every_open_seat_gets_a_rating_with_a_score_for_each_criterion(cast: Cast) -> None:
    n_seats = Assignment.objects.count()

    n_ratings = submit(cast)

    assert n_ratings == n_seats > 0
    assert set(Assignment.objects.values_list("status", "opened_at")) == {(AssignmentStatus.SUBMITTED, None)}
    assert not Assignment.objects.filter(closed_at=None).exists()
    assert set(Rating.objects.values_list("origin", "current__number")) == {(RatingOrigin.SIMULATED, 1)}
    assert Rating.objects.count() == RatingVersion.objects.count() == n_seats
    assert Score.objects.count() == n_seats * 4
    assert dict(Rating.objects.values_list("pk", "answers")) == answers_by_scores()
    assert all(studies_of_ratings())


def test_each_rating_holds_its_own_version_by_its_own_rater(cast: Cast) -> None:
    submit(cast)

    for rating in Rating.objects.select_related("current", "assignment__rater"):
        assert (rating.current.rating_id, rating.current.by_id) == (
            rating.pk,
            rating.assignment.rater.user_id,
        )


def test_rationales_stand_where_they_are_asked_for_and_say_what_they_are(cast: Cast) -> None:
    submit(cast)

    scores = Score.objects.select_related("criterion", "point")
    assert {score.rationale for score in scores if score.criterion.key == "alignment"} == {
        "Simulated rating."
    }
    assert {score.rationale for score in scores if score.criterion.key == "empathy"} == {""}
    assert all((score.rationale == "Simulated rating.") == score.point.needs_rationale for score in scores)


def test_points_are_those_of_the_studys_own_scales(cast: Cast) -> None:
    submit(cast)

    assert [score for score in Score.objects.all() if score.point.criterion_id != score.criterion_id] == []


def test_ratings_are_handed_in_in_the_raters_own_orders(cast: Cast) -> None:
    submit(cast)

    places = Rating.objects.order_by("pk").values_list("assignment__position", flat=True)
    assert list(places) == sorted(places)


def test_log_says_that_the_ratings_are_simulated(cast: Cast) -> None:
    n_ratings = submit(cast)

    event = cast.study.events.first()
    assert (event.get_kind_display(), event.by, event.detail) == (
        "Ratings simulated",
        cast.manager,
        f"{n_ratings} ratings, seed 7",
    )


def _is_for_people(cast: Cast) -> None:
    cast.study.is_simulated = False
    cast.study.save()


def _has_another_scale(cast: Cast) -> None:
    Criterion.objects.get(study=cast.study, key="empathy").points.first().delete()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_is_for_people, "made for it"),
        (lambda cast: pause_study(cast.study, by=cast.manager), "not open"),
        (_has_another_scale, "other criteria"),
        (lambda cast: Assignment.objects.all().delete(), "No seat is open"),
    ],
)
def test_nothing_is_drawn_for_a_study_that_was_not_made_for_it_or_is_not_ready(
    cast: Cast, change: object, message: str
) -> None:
    change(cast)

    with pytest.raises(StudyError, match=message):
        submit(cast)

    assert Rating.objects.count() == 0


def test_nothing_is_drawn_twice(cast: Cast) -> None:
    submit(cast)
    before = set(Score.objects.values_list("pk", "point"))

    with pytest.raises(StudyError, match="No seat is open"):
        submit(cast)

    assert set(Score.objects.values_list("pk", "point")) == before
