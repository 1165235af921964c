from annotation.models.assignment import Assignment, Flag
from annotation.models.criterion import Criterion, ScalePoint
from annotation.models.item import Item
from annotation.models.rating import Rating, RatingVersion, Score
from annotation.models.study import (
    Condition,
    Consent,
    ConsentText,
    Invitation,
    Membership,
    Study,
    StudyEvent,
)
from annotation.models.user import User

__all__ = [
    "Assignment",
    "Condition",
    "Consent",
    "ConsentText",
    "Criterion",
    "Flag",
    "Invitation",
    "Item",
    "Membership",
    "Rating",
    "RatingVersion",
    "ScalePoint",
    "Score",
    "Study",
    "StudyEvent",
    "User",
]
