"""The ratings of a study made for simulated ones are drawn, all at once; no person's are ever among them."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotation.answers import answers_text
from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.domain.rating import is_rationale_required
from annotation.enums import AssignmentStatus, EventKind, RatingOrigin, Role, StudyStatus
from annotation.models import Assignment, Criterion, Rating, RatingVersion, ScalePoint, Score, Study, User
from annotation.queries.criterion import criteria_of
from annotation.simulation import Design, IntArray, SimulatedCriterion, simulate_points

RATIONALE = "Simulated rating."
BATCH_SIZE = 1000


@transaction.atomic
def submit_simulated_ratings(
    study: Study, criteria: Mapping[str, SimulatedCriterion], *, by: User | None
) -> int:
    """Rate every open seat with a text, as the study's seed draws it; return how many that are.

    All are submitted at the present moment, in the order in which the raters would have come to their items;
    nobody opened them and nobody was active, so there are no such times. A rationale stands where a criterion
    asks for one, and says that the rating is simulated. Raises StudyError for a study that was not made for
    this, is not open, or has other criteria.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if not study.is_simulated:
        raise StudyError("Ratings are simulated only in a study that was made for it.")
    if study.status != StudyStatus.OPEN:
        raise StudyError("The study is not open, so there is nothing to rate.")
    scales = list(criteria_of(study))
    if {scale.key: len(scale.points.all()) for scale in scales} != {
        key: len(criterion.cuts) + 1 for key, criterion in criteria.items()
    }:
        raise StudyError("The study has other criteria than those for which ratings can be drawn.")
    open_seats = Assignment.objects.filter(
        item__study=study, item__response__isnull=False, occasion=1, status=AssignmentStatus.OPEN
    )
    seats = list(open_seats.select_related("item", "rater").order_by("position", "rater__code"))
    if not seats:
        raise StudyError("No seat is open, so there is nothing to rate.")
    drawn = _drawn_points(study, criteria, seats)
    chosen = list(zip(*(_points(scale, drawn[scale.key]) for scale in scales), strict=True))
    versions = _store_versions(study, seats, chosen)
    Score.objects.bulk_create(_scores(versions, scales, chosen), batch_size=BATCH_SIZE)
    open_seats.update(status=AssignmentStatus.SUBMITTED, closed_at=timezone.now())
    record_event(study, EventKind.RATINGS_SIMULATED, by=by, detail=f"{len(seats)} ratings, seed {study.seed}")
    return len(seats)


def _store_versions(
    study: Study, seats: Sequence[Assignment], chosen: Sequence[Sequence[ScalePoint]]
) -> list[RatingVersion]:
    """Make the seats' ratings, each with a first version that is current; return these in the same order."""
    ratings = Rating.objects.bulk_create(
        (Rating(assignment=seat, study=study, origin=RatingOrigin.SIMULATED) for seat in seats),
        batch_size=BATCH_SIZE,
    )
    versions = RatingVersion.objects.bulk_create(
        (
            RatingVersion(rating=rating, number=1, submission=uuid.uuid4(), by_id=seat.rater.user_id)
            for rating, seat in zip(ratings, seats, strict=True)
        ),
        batch_size=BATCH_SIZE,
    )
    for rating, version, points in zip(ratings, versions, chosen, strict=True):
        rating.current, rating.answers = version, answers_text(point.pk for point in points)
    Rating.objects.bulk_update(ratings, ["current", "answers"], batch_size=BATCH_SIZE)
    return versions


def _drawn_points(
    study: Study, criteria: Mapping[str, SimulatedCriterion], seats: Sequence[Assignment]
) -> Mapping[str, IntArray]:
    """Return for each criterion (n_seats,): the place of the drawn point on the scale. Four queries."""
    posts = _numbered(study.posts.posts.order_by("position"))
    conditions = _numbered(study.conditions.order_by("position"))
    dimensions = _numbered(study.dimensions.order_by("number"))
    raters = _numbered(study.memberships.filter(role=Role.RATER).order_by("code"))
    design = Design(len(posts), len(conditions), len(dimensions), len(raters))
    points = simulate_points(criteria, design, seed=study.seed)
    post, condition, dimension, rater = (
        np.array(numbers)
        for numbers in (
            [posts[seat.item.post_id] for seat in seats],
            [conditions[seat.item.condition_id] for seat in seats],
            [dimensions[seat.item.dimension_id] for seat in seats],
            [raters[seat.rater_id] for seat in seats],
        )
    )
    return {key: of_all[post, condition, dimension, rater] for key, of_all in points.items()}


def _numbered(rows: "QuerySet[Any]") -> dict[int, int]:
    """Return the place of each row, from 0, by its key."""
    return {pk: place for place, pk in enumerate(rows.values_list("pk", flat=True))}


def _points(scale: Criterion, places: IntArray) -> list[ScalePoint]:
    """Return the points in these places of the scale."""
    points = sorted(scale.points.all(), key=lambda point: point.value)
    return [points[place] for place in places.tolist()]


def _scores(
    versions: Sequence[RatingVersion], scales: Sequence[Criterion], chosen: Sequence[Sequence[ScalePoint]]
) -> Iterator[Score]:
    for version, points in zip(versions, chosen, strict=True):
        for scale, point in zip(scales, points, strict=True):
            rationale = RATIONALE if is_rationale_required(scale, point) else ""
            yield Score(version=version, criterion=scale, point=point, rationale=rationale)
