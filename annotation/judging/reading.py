"""What a judge's reply is read as, and why."""

from dataclasses import dataclass
from enum import StrEnum

from annotation.judging.scale import Point


class Outcome(StrEnum):
    SCORE = "score"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"
    UNREADABLE = "unreadable"


class Reason(StrEnum):
    """Why a reply was read as it was; the outcome that each belongs to is in OUTCOMES."""

    VALUE_ALONE = "value_alone"
    TAGGED = "tagged"
    OPENING = "opening"
    STATED = "stated"
    SAYS_NOT_APPLICABLE = "says_not_applicable"
    ERROR_TEXT = "error_text"
    DECLINED = "declined"
    EMPTY = "empty"
    NO_TEXT = "no_text"
    OFF_SCALE = "off_scale"
    OTHER_SCALE = "other_scale"
    SEVERAL_VALUES = "several_values"
    NOT_STATED = "not_stated"
    NO_VALUE = "no_value"


OUTCOMES = {
    Reason.VALUE_ALONE: Outcome.SCORE,
    Reason.TAGGED: Outcome.SCORE,
    Reason.OPENING: Outcome.SCORE,
    Reason.STATED: Outcome.SCORE,
    Reason.SAYS_NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
    Reason.ERROR_TEXT: Outcome.REFUSED,
    Reason.DECLINED: Outcome.REFUSED,
    **dict.fromkeys(
        (
            Reason.EMPTY,
            Reason.NO_TEXT,
            Reason.OFF_SCALE,
            Reason.OTHER_SCALE,
            Reason.SEVERAL_VALUES,
            Reason.NOT_STATED,
            Reason.NO_VALUE,
        ),
        Outcome.UNREADABLE,
    ),
}

IN_WORDS = {
    Reason.VALUE_ALONE: "The reply is the value alone.",
    Reason.TAGGED: "The value stands in a score tag.",
    Reason.OPENING: "The reply opens with the value and goes on to speak of the text.",
    Reason.STATED: "One sentence states the value.",
    Reason.SAYS_NOT_APPLICABLE: "The reply says that the question does not apply.",
    Reason.ERROR_TEXT: "The reply is an error message, such as a content filter's.",
    Reason.DECLINED: "The reply says that it cannot or will not score.",
    Reason.EMPTY: "The reply, or its score tag, is empty.",
    Reason.NO_TEXT: "The reply is neither a text nor a number.",
    Reason.OFF_SCALE: "The value is no point of the scale.",
    Reason.OTHER_SCALE: "The reply speaks of another scale.",
    Reason.SEVERAL_VALUES: "The reply names more than one value.",
    Reason.NOT_STATED: "The reply names a value, but does not state it as its score.",
    Reason.NO_VALUE: "The reply names no value of the scale.",
}


@dataclass(frozen=True)
class ReadScore:
    """A reply as read; point is there exactly where the outcome is a score."""

    reason: Reason
    point: Point | None = None
    rationale: str = ""

    @property
    def outcome(self) -> Outcome:
        return OUTCOMES[self.reason]
