import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.domain.assignment import flag, remove_rater, skip
from annotation.domain.exclusion import end_exclusion, exclude_ratings
from annotation.domain.rating import note_opened
from annotation.domain.snapshot import take_snapshot
from annotation.enums import ConditionSource, ExclusionKind, Role, SkipKind
from annotation.models import (
    REPORT_PARTS,
    ActiveSpan,
    Assignment,
    Draft,
    Exclusion,
    Membership,
    Rating,
    Snapshot,
    Study,
)
from annotation.queries.snapshot import computed_of, is_computed, newest_snapshot, rating_state
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db


def rated_cast() -> Cast:
    """Return a study of eight seats, of which each rater has rated two."""
    cast = make_study(posts=1)
    for rater in cast.raters:
        for seat in cast.assignments(rater)[:2]:
            rate(seat)
    return cast


def take_out(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]
    Rating.objects.filter(assignment=seat).update(current=None, answers=None)


def exclude(cast: Cast, kind: ExclusionKind, **rule: Membership | int) -> Exclusion:
    return exclude_ratings(cast.study, kind=kind, reason="Trying it out", by=cast.manager, **rule)


def rate_again(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]
    rate(Assignment.objects.create(item=seat.item, rater=seat.rater, occasion=2, position=99))


CHANGES: dict[str, Callable[[Cast], object]] = {
    "a new rating": lambda cast: rate(cast.assignments(cast.rater)[2]),
    "an edited rating": lambda cast: rate(cast.assignments(cast.rater)[0], alignment="1"),
    "a rating gone": take_out,
    "one rating gone and another come": lambda cast: (take_out(cast), rate(cast.assignments(cast.rater)[2])),
    "an item rated again": rate_again,
    "an excluded rater": lambda cast: exclude(cast, ExclusionKind.RATER, rater=cast.membership(cast.rater)),
    "a rule that leaves nothing out": lambda cast: exclude(cast, ExclusionKind.FLAGGED),
    "another k": lambda cast: Study.objects.update(raters_per_item=3),
    "another seed": lambda cast: Study.objects.update(seed=99),
    "one more condition": lambda cast: cast.study.conditions.create(
        source=ConditionSource.HUMAN, method="late", position=9
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_state_changes_with_what_is_computed(change: str) -> None:
    cast = rated_cast()
    before = rating_state(cast.study)

    CHANGES[change](cast)
    cast.study.refresh_from_db()

    assert rating_state(cast.study) != before


def save_draft(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[2]
    Draft.objects.create(
        assignment=seat, window=uuid.uuid4(), sequence=1, base=0, content={}, saved_at=timezone.now()
    )


def spend_time(cast: Cast) -> None:
    ActiveSpan.objects.create(
        assignment=cast.assignments(cast.rater)[0],
        window=uuid.uuid4(),
        number=1,
        began_at=timezone.now(),
        ended_at=timezone.now(),
    )


def rate_elsewhere(cast: Cast) -> None:
    other = make_study(posts=1, prefix="other-")
    rate(other.assignments(other.rater)[0])


NO_CHANGES: dict[str, Callable[[Cast], object]] = {
    "nothing": lambda cast: None,
    "an item opened": lambda cast: note_opened(cast.assignments(cast.rater)[2]),
    "a skipped item": lambda cast: skip(cast.assignments(cast.rater)[2], kind=SkipKind.NO_REASON),
    "a draft": save_draft,
    "active time": spend_time,
    "a flag": lambda cast: flag(cast.assignments(cast.rater)[0], note="Please look at this."),
    "an ended exclusion": lambda cast: end_exclusion(
        exclude(cast, ExclusionKind.RATER, rater=cast.membership(cast.rater)), by=cast.manager
    ),
    "a removed rater": lambda cast: remove_rater(cast.membership(cast.rater), by=cast.manager),
    "a new member": lambda cast: Membership.objects.create(
        study=cast.study, user=make_user("new"), role=Role.RESEARCHER
    ),
    "a rating in another study": rate_elsewhere,
}


@pytest.mark.parametrize("change", NO_CHANGES)
def test_state_stays_with_everything_else(change: str) -> None:
    cast = rated_cast()
    before = rating_state(cast.study)

    NO_CHANGES[change](cast)
    cast.study.refresh_from_db()

    assert rating_state(cast.study) == before


def spend_long(cast: Cast) -> None:
    seats = Assignment.objects.filter(pk=cast.assignments(cast.rater)[0].pk)
    assert seats.filter(active_seconds=None).update(active_seconds=5) == 1


LEFT_OUT: dict[ExclusionKind, tuple[dict[str, int], Callable[[Cast], object]]] = {
    ExclusionKind.FLAGGED: ({}, lambda cast: flag(cast.assignments(cast.rater)[0], note="Please look.")),
    ExclusionKind.TOO_FAST: ({"seconds": 20}, spend_long),
}


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_state_changes_when_a_rule_leaves_out_a_rating_that_is_as_it_was(kind: ExclusionKind) -> None:
    cast = rated_cast()
    rule, change = LEFT_OUT[kind]
    exclude(cast, kind, **rule)
    before = rating_state(cast.study)

    change(cast)

    assert rating_state(cast.study) != before


@pytest.mark.parametrize("n_rated", [1, 3])
def test_state_query_count(n_rated: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cast = make_study(posts=1)
    for seat in cast.assignments(cast.rater)[:n_rated]:
        rate(seat)

    with django_assert_num_queries(5):
        state = rating_state(cast.study)

    assert len(state) == 64


def test_computed_of_before_the_first_time_is_none() -> None:
    cast = make_study(posts=1)

    assert computed_of(cast.study) is None
    assert not is_computed(cast.study)


@pytest.mark.parametrize("n_rated", [1, 3])
def test_computed_of_is_current_until_the_ratings_change(
    n_rated: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cast = make_study(posts=1)
    seats = cast.assignments(cast.rater)
    for seat in seats[:n_rated]:
        rate(seat)
    snapshot = take_snapshot(cast.study, n_resamples=20)

    with django_assert_num_queries(6):
        fresh = computed_of(cast.study)
    rate(seats[3])
    stale = computed_of(cast.study)

    assert fresh is not None
    assert stale is not None
    assert (fresh.snapshot, fresh.is_current, fresh.report["n_ratings"]) == (snapshot, True, n_rated)
    assert (stale.snapshot, stale.is_current, stale.report["n_ratings"]) == (snapshot, False, n_rated)


def test_computed_number_of_finds_conditions_in_the_report() -> None:
    cast = make_study(posts=1)
    seat = next(seat for seat in cast.assignments(cast.rater) if seat.item.condition.pipeline == "ITER")
    rate(seat)
    take_snapshot(cast.study, n_resamples=20)

    computed = computed_of(cast.study)

    assert computed is not None
    number = computed.number_of()[seat.item.condition_id]
    assert [condition["n_ratings"] for condition in computed.report["conditions"]] == [
        int(place == number) for place in range(3)
    ]


def test_newest_snapshot_is_of_the_study_and_leaves_what_is_large_in_the_database() -> None:
    cast, other = make_study(posts=1), make_study(posts=1, prefix="other-")
    take_snapshot(cast.study, n_resamples=20)
    newest = Snapshot.objects.get(pk=take_snapshot(cast.study, n_resamples=20).pk)
    take_snapshot(other.study, n_resamples=20)

    found = newest_snapshot(cast.study)

    assert found == newest
    assert found.get_deferred_fields() == {"ratings", *REPORT_PARTS}
    assert list(found.report) == list(newest.report)
    assert "breakdowns" in found.report
    assert found.get_deferred_fields() == {"ratings", *REPORT_PARTS}
    assert found.report["raters"] == newest.raters
    assert found.get_deferred_fields() == {"ratings", *REPORT_PARTS} - {"raters"}
    assert dict(found.report) == dict(newest.report)


def test_is_computed_of_a_study_without_ratings_after_a_snapshot_of_none() -> None:
    cast = make_study(posts=1)
    take_snapshot(cast.study, n_resamples=20)

    assert is_computed(cast.study)
    assert not Rating.objects.exists()
