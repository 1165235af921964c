"""What a judge is sent for one criterion of one text."""

from dataclasses import dataclass

from annotation.judging.prompt_set import MESSAGE_PLACEHOLDERS, QUESTION_PLACEHOLDERS, JudgeWording
from generation.backends.base import Message
from generation.prompt_set import fill_in


@dataclass(frozen=True)
class AskedPoint:
    """One point of the scale as it is shown: its key, and its label where it has one."""

    key: str
    label: str


@dataclass(frozen=True)
class AskedCriterion:
    """A criterion with its scale, the points in order."""

    key: str
    points: tuple[AskedPoint, ...]
    low_label: str = ""
    high_label: str = ""


@dataclass(frozen=True)
class AskedDimension:
    """What alignment is judged against."""

    name: str
    aim: str
    standards: tuple[str, ...]


def judge_messages(
    wording: JudgeWording, criterion: AskedCriterion, dimension: AskedDimension, *, post: str, response: str
) -> tuple[Message, ...]:
    """Render the chat; a post or text may hold braces. Raises KeyError for a criterion without a question."""
    question = fill_in(
        wording.questions[criterion.key],
        {"dimension": dimension.name, "aim": dimension.aim, "standards": _as_list(dimension.standards)},
        names=QUESTION_PLACEHOLDERS,
    )
    content = fill_in(
        wording.message,
        {
            "post": post,
            "response": response,
            "question": question,
            "scale": scale_words(criterion),
            "reply_format": wording.reply_format,
        },
        names=MESSAGE_PLACEHOLDERS,
    )
    system = [Message("system", wording.system)] if wording.system else []
    return (*system, Message("user", content))


def scale_words(criterion: AskedCriterion) -> str:
    """Say what may be answered: the labels of a scale that has them, else its numbers and what its ends mean.

    Of labelled points the keys are left out: "1" for "Not harmful" and "2" for "Harmful" would only mislead.
    """
    if all(point.label for point in criterion.points):
        return "one of: " + ", ".join(point.label for point in criterion.points)
    low, high = criterion.points[0].key, criterion.points[-1].key
    words = f"a whole number from {low} to {high}"
    if criterion.low_label and criterion.high_label:
        words += f", where {low} means {criterion.low_label} and {high} means {criterion.high_label}"
    return words


def _as_list(standards: tuple[str, ...]) -> str:
    return "\n".join(f"- {standard}" for standard in standards)
