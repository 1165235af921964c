"""Ratings for tests of numbers: scores by scale point key, as a rater's form would leave them."""

import uuid

from django.utils import timezone

from annotation.enums import AssignmentStatus, RatingOrigin
from annotation.models import Assignment, Rating, RatingVersion, ScalePoint, Score

DEFAULT_KEYS = {"alignment": "7", "empathy": "3", "harmfulness": "1", "factuality": "1"}


def rate(
    assignment: Assignment, *, origin: RatingOrigin = RatingOrigin.EXPERT, rationale: str = "", **keys: str
) -> Rating:
    """Submit a rating, or a new version of it. `keys` are scale point keys by criterion."""
    rating, _ = Rating.objects.get_or_create(assignment=assignment, defaults={"origin": origin})
    version = RatingVersion.objects.create(
        rating=rating,
        number=rating.versions.count() + 1,
        submission=uuid.uuid4(),
        by=assignment.rater.user,
    )
    for criterion_key, point_key in (DEFAULT_KEYS | keys).items():
        point = ScalePoint.objects.select_related("criterion").get(
            criterion__study=assignment.item.study, criterion__key=criterion_key, key=point_key
        )
        text = rationale if criterion_key == "alignment" else ""
        Score.objects.create(version=version, criterion=point.criterion, point=point, rationale=text)
    rating.current = version
    rating.save()
    assignment.status = AssignmentStatus.SUBMITTED
    assignment.closed_at = timezone.now()
    assignment.save(update_fields=["status", "closed_at"])
    return rating
