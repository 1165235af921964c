from annotation.models.active_span import ActiveSpan
from annotation.models.assignment import Assignment, Flag
from annotation.models.contrast import BY_RULE, ContrastPlan, PlannedContrast
from annotation.models.criterion import Criterion, ScalePoint
from annotation.models.draft import Draft
from annotation.models.exclusion import Exclusion
from annotation.models.imported import ImportedItem, ImportedJudgeReply, ImportedRating
from annotation.models.item import Item
from annotation.models.judge import JudgePromptSet, JudgeReply, JudgeRun, JudgeSettlement
from annotation.models.rating import Rating, RatingVersion, Score
from annotation.models.snapshot import REPORT_PARTS, FigureFile, Snapshot, SnapshotFigure
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
from annotation.models.welfare import DayExtension, TopicOptOut

__all__ = [
    "BY_RULE",
    "REPORT_PARTS",
    "ActiveSpan",
    "Assignment",
    "Condition",
    "Consent",
    "ConsentText",
    "ContrastPlan",
    "Criterion",
    "DayExtension",
    "Draft",
    "Exclusion",
    "FigureFile",
    "Flag",
    "ImportedItem",
    "ImportedJudgeReply",
    "ImportedRating",
    "Invitation",
    "Item",
    "JudgePromptSet",
    "JudgeReply",
    "JudgeRun",
    "JudgeSettlement",
    "Membership",
    "PlannedContrast",
    "Rating",
    "RatingVersion",
    "ScalePoint",
    "Score",
    "Snapshot",
    "SnapshotFigure",
    "Study",
    "StudyEvent",
    "TopicOptOut",
    "User",
]
