"""Ratings are left out of the numbers by rules that are kept, and count again when a rule is ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotation.domain.assignment import flag
from annotation.domain.errors import StudyError
from annotation.domain.exclusion import end_exclusion, exclude_ratings
from annotation.domain.snapshot import take_snapshot
from annotation.enums import EventKind, ExclusionKind
from annotation.models import Assignment, Exclusion, Rating, StudyEvent
from annotation.queries.exclusion import exclusion_effects, exclusions_by_rating, kept_ratings
from annotation.queries.score import scores_for_study
from annotation.queries.snapshot import is_computed
from annotation.queries.study_ratings import keyed_ratings
from tests.annotation.active_time import work
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """All seats rated: two raters on the same items."""
    cast = make_study(posts=3, strategies=["INDV vanilla", "INDV +cons"])
    for seat in Assignment.objects.order_by("pk"):
        rate(seat, alignment=str(seat.pk % 10 + 1))
    return cast


def leave_out(cast: Cast, kind: ExclusionKind, **rule: Any) -> Exclusion:  # noqa: ANN401
    return exclude_ratings(cast.study, kind=kind, reason="Agreed in the protocol.", by=cast.manager, **rule)


def kept(cast: Cast) -> set[int]:
    return set(kept_ratings(cast.study).values_list("pk", flat=True))


def test_rater_is_left_out_of_all_numbers_and_nothing_is_deleted(cast: Cast) -> None:
    everything = kept(cast)
    membership = cast.membership(cast.rater)
    hers = set(Rating.objects.filter(assignment__rater=membership).values_list("pk", flat=True))
    take_snapshot(cast.study, n_resamples=200)

    exclusion = leave_out(cast, ExclusionKind.RATER, rater=membership)

    assert str(exclusion) == f"All ratings by {membership.code}"
    assert kept(cast) == everything - hers
    assert set(keyed_ratings(cast.study).rating.tolist()) == everything - hers
    assert [rater.code for rater in scores_for_study(cast.study).raters] == [
        cast.membership(cast.raters[1]).code
    ]
    assert scores_for_study(cast.study, with_exclusions=False).n_ratings == len(everything)
    assert exclusions_by_rating(cast.study) == dict.fromkeys(hers, "rater")
    assert not is_computed(cast.study)
    assert Rating.objects.count() == len(everything)


def test_flagged_items_are_left_out_whoever_rated_them(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]
    flag(seat, note="The text is cut off.")
    of_item = set(Rating.objects.filter(assignment__item=seat.item).values_list("pk", flat=True))
    everything = kept(cast)

    leave_out(cast, ExclusionKind.FLAGGED)

    assert len(of_item) == 2
    assert kept(cast) == everything - of_item


def test_too_fast_ones_are_left_out_by_active_time_else_by_elapsed_time(cast: Cast) -> None:
    fast, slow, without_script, untimed, *_ = Assignment.objects.order_by("pk")
    Assignment.objects.update(opened_at=None)
    begin = timezone.now() - timedelta(hours=2)
    for seat, seconds in ((fast, 8), (slow, 90)):
        work(seat, begin=begin, minutes=seconds / 60)
    Assignment.objects.filter(pk__in=[fast.pk, slow.pk]).update(
        opened_at=begin, closed_at=begin + timedelta(hours=1)
    )
    Assignment.objects.filter(pk=without_script.pk).update(
        opened_at=begin, closed_at=begin + timedelta(seconds=5)
    )
    everything = kept(cast)

    leave_out(cast, ExclusionKind.TOO_FAST, seconds=20)

    assert everything - kept(cast) == {fast.rating.pk, without_script.rating.pk}
    assert {slow.rating.pk, untimed.rating.pk} <= kept(cast)


def test_effects_count_each_rule_by_itself_and_together_none_twice(cast: Cast) -> None:
    membership = cast.membership(cast.rater)
    seat = cast.assignments(cast.rater)[0]
    flag(seat, note="Cut off.")
    n_all = len(kept(cast))
    n_hers = Rating.objects.filter(assignment__rater=membership).count()

    leave_out(cast, ExclusionKind.RATER, rater=membership)
    leave_out(cast, ExclusionKind.FLAGGED)

    assert [effect.n_ratings for effect in exclusion_effects(cast.study)] == [n_hers, 2]
    assert len(kept(cast)) == n_all - n_hers - 1
    assert exclusions_by_rating(cast.study)[seat.rating.pk] == "rater flagged"


def test_ended_rule_counts_the_ratings_again_and_stays_on_record(cast: Cast) -> None:
    everything = kept(cast)
    snapshot = take_snapshot(cast.study, n_resamples=200)
    exclusion = leave_out(cast, ExclusionKind.RATER, rater=cast.membership(cast.rater))

    for _ in range(2):
        end_exclusion(exclusion, by=cast.manager)

    exclusion.refresh_from_db()
    assert kept(cast) == everything
    assert exclusion.ended_by == cast.manager
    assert is_computed(cast.study)
    assert take_snapshot(cast.study, n_resamples=200).data_sha256 == snapshot.data_sha256
    kinds = StudyEvent.objects.filter(study=cast.study).order_by("pk").values_list("kind", "detail")
    assert list(kinds)[-2:] == [
        (EventKind.EXCLUDED, str(exclusion)),
        (EventKind.INCLUDED, str(exclusion)),
    ]


def test_snapshot_tells_what_was_left_out(cast: Cast) -> None:
    exclusion = leave_out(cast, ExclusionKind.RATER, rater=cast.membership(cast.rater))

    snapshot = take_snapshot(cast.study, n_resamples=200)

    n_hers = Rating.objects.filter(assignment__rater__user=cast.rater).count()
    assert snapshot.plan["exclusions"] == [
        {"rule": str(exclusion), "reason": "Agreed in the protocol.", "n_ratings": n_hers}
    ]
    assert snapshot.report["n_ratings"] == Rating.objects.count() - n_hers


def test_rule_that_says_too_little_is_refused(cast: Cast) -> None:
    other = make_study(posts=1, prefix="other-")
    rule = {"by": cast.manager, "reason": "Because."}
    refused: list[tuple[dict[str, Any], str]] = [
        ({"kind": ExclusionKind.FLAGGED, "reason": " "}, "Please say why"),
        ({"kind": ExclusionKind.RATER}, "Please choose a rater"),
        ({"kind": ExclusionKind.RATER, "rater": other.membership(other.rater)}, "Please choose a rater"),
        ({"kind": ExclusionKind.RATER, "rater": cast.membership(cast.manager)}, "Please choose a rater"),
        ({"kind": ExclusionKind.TOO_FAST}, "Please give the seconds"),
        ({"kind": ExclusionKind.TOO_FAST, "seconds": 0}, "Please give the seconds"),
    ]

    for fields, sentence in refused:
        with pytest.raises(StudyError, match=sentence):
            exclude_ratings(cast.study, **(rule | fields))

    assert not Exclusion.objects.exists()


def test_same_rule_twice_is_refused(cast: Cast) -> None:
    leave_out(cast, ExclusionKind.TOO_FAST, seconds=20)

    with pytest.raises(StudyError, match="There is such an exclusion already"):
        leave_out(cast, ExclusionKind.TOO_FAST, seconds=30)
