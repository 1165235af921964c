import pytest
from django.test import Client

from annotation.domain.simulated_example import NAME, load_simulated_study
from annotation.enums import RatingOrigin, Role, StudyStatus
from annotation.models import Assignment, Membership, Rating, Score, Study, User
from annotation.queries.score import scores_for_study
from annotation.queries.study import studies_managed_by, studies_seen_by
from generation.models import PostCollection, Response, Step
from tests.factories import make_study, make_user

pytestmark = pytest.mark.django_db


def load(prefix: str = "") -> Study:
    return load_simulated_study(
        manager=make_user(f"{prefix}manager"), researcher=make_user(f"{prefix}researcher")
    )


def scores_by_cell(study: Study) -> dict[tuple[object, ...], str]:
    """Return each score by what it is of, without the keys of rows."""
    seat = "version__rating__assignment__"
    cell = (f"{seat}item__post__key", f"{seat}item__condition__method", f"{seat}item__dimension__key")
    rows = Score.objects.filter(criterion__study=study).values_list(
        *cell, f"{seat}rater__code", "criterion__key", "point__key"
    )
    return {tuple(key): point for *key, point in rows}


def test_study_is_closed_and_fully_rated_without_any_model() -> None:
    study = load()

    assert (study.name, study.is_simulated, study.status) == (NAME, True, StudyStatus.CLOSED)
    assert (study.posts.posts.count(), study.items.count()) == (28, 168)
    scores = scores_for_study(study)
    assert (scores.n_items, scores.n_ratings) == (168, 336)
    assert [(row.label, row.n_items, row.n_ratings) for row in scores.conditions] == [
        ("example_text_a", 56, 112),
        ("example_text_b", 56, 112),
        ("example_text_c", 56, 112),
    ]
    assert [(rater.code, rater.n_ratings) for rater in scores.raters] == [
        ("S01", 84),
        ("S02", 84),
        ("S03", 84),
        ("S04", 84),
    ]
    assert Step.objects.count() == 0


def test_every_rating_is_a_simulated_one() -> None:
    load()

    assert set(Rating.objects.values_list("origin", flat=True)) == {RatingOrigin.SIMULATED}


def test_scores_show_a_difference_between_conditions_and_the_whole_of_each_scale() -> None:
    study = load()

    alignment = [row.scores["alignment"].mean for row in scores_for_study(study).conditions]

    assert alignment[0] < alignment[1] < alignment[2]
    points = set(Score.objects.values_list("criterion__key", "point__key"))
    assert len(points) == 10 + 5 + 2 + 3


def test_every_two_raters_meet_equally_often() -> None:
    study = load()

    met: dict[frozenset[str], int] = {}
    codes: dict[int, set[str]] = {}
    for item, code in Assignment.objects.filter(item__study=study).values_list("item", "rater__code"):
        codes.setdefault(item, set()).add(code)
    for pair in codes.values():
        met[frozenset(pair)] = met.get(frozenset(pair), 0) + 1
    assert list(met.values()) == [28] * 6


def test_study_is_there_once() -> None:
    study = load()

    again = load_simulated_study(
        manager=study.created_by, researcher=User.objects.get(email="researcher@example.org")
    )

    assert again == study
    assert (Study.objects.count(), PostCollection.objects.count(), Response.objects.count()) == (1, 1, 84)


def test_scores_are_the_same_wherever_the_study_is_made() -> None:
    make_study(posts=1, prefix="earlier-")

    first, second = load("one-"), load("two-")

    assert scores_by_cell(first) == scores_by_cell(second)
    assert len(scores_by_cell(first)) == 336 * 4


def test_only_the_manager_and_the_researcher_see_it() -> None:
    study = load()
    outsider = make_user("outsider")

    people = {user.name: user for user in User.objects.filter(is_active=True)}
    assert [name for name, user in people.items() if study in studies_managed_by(user)] == ["Manager"]
    assert sorted(name for name, user in people.items() if study in studies_seen_by(user)) == [
        "Manager",
        "Researcher",
    ]
    assert study not in studies_seen_by(outsider)


def test_nobody_can_sign_in_or_be_written_to_as_a_simulated_rater(client: Client) -> None:
    study = load()

    raters = Membership.objects.filter(study=study, role=Role.RATER).select_related("user")
    assert [(rater.code, rater.user.is_active, rater.user.has_usable_password()) for rater in raters] == [
        (code, False, False) for code in ("S01", "S02", "S03", "S04")
    ]
    assert {rater.user.email.rpartition(".")[2] for rater in raters} == {"invalid"}
    answer = client.post("/accounts/login/", {"login": raters[0].user.email, "password": "!"})
    assert answer.wsgi_request.user.is_anonymous
