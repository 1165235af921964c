"""The ratings of a release become ratings: submitted seats, a version each, at the release's own times."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from annotation.answers import answers_text
from annotation.domain.errors import StudyError
from annotation.domain.imported_release.rated_text import ReadRating
from annotation.domain.imported_release.study import moment
from annotation.enums import AssignmentStatus, RatingOrigin
from annotation.models import (
    Assignment,
    ImportedItem,
    ImportedRating,
    Membership,
    Rating,
    RatingVersion,
    ScalePoint,
    Score,
    Study,
)

BATCH = 500
# Of the names that versions are known by: the same annotation gets the same one wherever it is imported.
_NAMESPACE = uuid.UUID("5f0d6f6e-3f0b-4f57-9c39-6f1a0c4a5d11")

Points = Mapping[str, Mapping[Decimal, ScalePoint]]


@dataclass(frozen=True)
class RatedItem:
    """An item's place in the release, with the ratings read for it."""

    record: ImportedItem
    ratings: Sequence[ReadRating]


class ChangedAnnotationError(StudyError):
    """What an annotator said of an item is not what was imported before; row says where it stands now."""

    def __init__(self, item: ImportedItem, sentence: str) -> None:
        self.file, self.row = item.file, item.row
        super().__init__(sentence)


def scale_points(study: Study) -> dict[str, dict[Decimal, ScalePoint]]:
    """Return the points of the study's scales by criterion key and value. One query."""
    points: defaultdict[str, dict[Decimal, ScalePoint]] = defaultdict(dict)
    for point in ScalePoint.objects.filter(criterion__study=study).select_related("criterion"):
        points[point.criterion.key][point.value.normalize()] = point
    return dict(points)


def store_ratings(
    study: Study, rated: Sequence[RatedItem], *, members: Mapping[str, Membership], points: Points
) -> int:
    """Make the ratings that are not there yet; return how many. Raises ChangedAnnotationError.

    Scores that are no points of the scale are the caller's to find beforehand.
    """
    stored = ImportedRating.objects.filter(item__item__study=study)
    known = dict(stored.values_list("annotation_id", "sha256"))
    seated = set(stored.values_list("item", "annotator"))
    new: list[tuple[ImportedItem, ReadRating]] = []
    for item in rated:
        for rating in item.ratings:
            sha256 = known.get(rating.annotation_id)
            if sha256 is None and (item.record.pk, rating.annotator) not in seated:
                new.append((item.record, rating))
            elif sha256 is None:
                raise ChangedAnnotationError(
                    item.record, f"Annotator {rating.annotator} has another annotation of this text."
                )
            elif sha256 != rating.sha256:
                raise ChangedAnnotationError(item.record, f"Annotation {rating.annotation_id} has changed.")
    # A rater's order is that in which she submitted.
    new.sort(key=lambda pair: (pair[1].created_at_ms, pair[1].annotation_id))
    for start in range(0, len(new), BATCH):
        _store_batch(study, new[start : start + BATCH], members, points)
    return len(new)


def _store_batch(
    study: Study,
    new: Sequence[tuple[ImportedItem, ReadRating]],
    members: Mapping[str, Membership],
    points: Points,
) -> None:
    ratings = _store_seats(study, new, members)
    ImportedRating.objects.bulk_create(
        _imported(rating, item, read) for rating, (item, read) in zip(ratings, new, strict=True)
    )
    versions = RatingVersion.objects.bulk_create(
        RatingVersion(
            rating=rating,
            number=1,
            submission=uuid.uuid5(_NAMESPACE, f"{study.slug}:{read.annotation_id}"),
            saved_at=moment(read.updated_at_ms),
            by_id=members[read.annotator].user_id,
        )
        for rating, (_, read) in zip(ratings, new, strict=True)
    )
    for rating, version, (_, read) in zip(ratings, versions, new, strict=True):
        rating.current = version
        rating.answers = answers_text(points[key][value].pk for key, value in read.scores.items())
    Rating.objects.bulk_update(ratings, ["current", "answers"], batch_size=100)
    Score.objects.bulk_create(
        Score(
            version=version,
            criterion=points[key][value].criterion,
            point=points[key][value],
            rationale=read.rationales.get(key, ""),
        )
        for version, (_, read) in zip(versions, new, strict=True)
        for key, value in read.scores.items()
    )


def _store_seats(
    study: Study, new: Sequence[tuple[ImportedItem, ReadRating]], members: Mapping[str, Membership]
) -> list[Rating]:
    """Seat each rater, behind what she has already rated."""
    seats = Assignment.objects.filter(rater__in={member.pk for member in members.values()}).order_by()
    last = defaultdict(int, seats.values_list("rater").annotate(Max("position")))
    assignments = []
    for item, read in new:
        rater = members[read.annotator]
        last[rater.pk] += 1
        assignments.append(
            Assignment(
                item_id=item.item_id,
                rater=rater,
                position=last[rater.pk],
                status=AssignmentStatus.SUBMITTED,
                closed_at=moment(read.created_at_ms),
            )
        )
    Assignment.objects.bulk_create(assignments)
    return Rating.objects.bulk_create(
        Rating(assignment=assignment, study=study, origin=RatingOrigin.IMPORTED) for assignment in assignments
    )


def _imported(rating: Rating, item: ImportedItem, read: ReadRating) -> ImportedRating:
    return ImportedRating(
        rating=rating,
        item=item,
        slot=read.slot,
        record_id=read.record_id,
        annotator=read.annotator,
        annotation_id=read.annotation_id,
        created_at_ms=read.created_at_ms,
        updated_at_ms=read.updated_at_ms,
        lead_time_s=read.lead_time_s,
        extra=dict(read.extra),
        sha256=read.sha256,
    )
