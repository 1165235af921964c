"""How a judge is asked, as data: who it is, one question a criterion, and the form of its reply."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from generation.canonical import canonical_sha256
from generation.prompt_set import placeholders_in
from generation.yaml_fields import FieldError, Fields, read_fields
from generation.yaml_text import plain_yaml

ALIGNMENT = "alignment"
# The message must hold each of its placeholders; a question may hold those of the dimension.
MESSAGE_PLACEHOLDERS = frozenset({"post", "response", "question", "scale", "reply_format"})
QUESTION_PLACEHOLDERS = frozenset({"dimension", "aim", "standards"})


class JudgeWordingError(ValueError):
    """A judge's prompt set that cannot be used; the message is one line and names the line and field."""


@dataclass(frozen=True)
class JudgeWording:
    """questions has one text a criterion, by the criterion's key."""

    name: str
    system: str
    message: str
    reply_format: str
    questions: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return the wording without its name, as it is stored and hashed."""
        content = asdict(self)
        del content["name"]
        return content


def content_hash(wording: JudgeWording) -> str:
    """Hash the wording; a set renamed is still the same set."""
    return canonical_sha256(wording.to_dict())


def message_complaints(text: str) -> list[str]:
    """Say what is wrong with a message's placeholders; nothing for a good one."""
    found = placeholders_in(text)
    return [f"lacks the placeholder {{{name}}}" for name in sorted(MESSAGE_PLACEHOLDERS - found)] + [
        f"holds a placeholder that is not filled in there: {{{name}}}"
        for name in sorted(found - MESSAGE_PLACEHOLDERS)
    ]


def question_complaints(criterion: str, text: str) -> list[str]:
    """Say what is wrong with a question's placeholders; that of alignment must hold the standards."""
    found = placeholders_in(text)
    wanted = {"standards"} if criterion == ALIGNMENT else set()
    return [f"lacks the placeholder {{{name}}}" for name in sorted(wanted - found)] + [
        f"holds a placeholder that is not filled in there: {{{name}}}"
        for name in sorted(found - QUESTION_PLACEHOLDERS)
    ]


def parse_judge_wording(yaml_text: str) -> JudgeWording:
    """Read a YAML file with `name`, `system`, `message`, `reply_format` and `questions` by criterion.

    Raises JudgeWordingError.
    """
    try:
        fields = read_fields(yaml_text)
        fields.require_exactly({"name", "system", "message", "reply_format", "questions"})
        questions = fields.take_fields("questions")
        wording = JudgeWording(
            name=fields.take_text("name"),
            # A model may do best without a system prompt.
            system=fields.take_text("system", empty=True),
            message=fields.take_text("message"),
            reply_format=fields.take_text("reply_format"),
            questions={key: questions.take_text(key) for key in questions.names},
        )
        _check_placeholders(wording, fields, questions)
    except FieldError as error:
        raise JudgeWordingError(str(error)) from error
    return wording


def judge_wording_yaml(wording: JudgeWording) -> str:
    """Write what parse_judge_wording reads, the same to the last character."""
    return plain_yaml({"name": wording.name, **wording.to_dict()})


def _check_placeholders(wording: JudgeWording, fields: Fields, questions: Fields) -> None:
    for complaint in message_complaints(wording.message):
        raise fields.error("message", complaint)
    for name in ("system", "reply_format"):
        if found := sorted(placeholders_in(getattr(wording, name))):
            raise fields.error(name, f"holds a placeholder that is not filled in there: {{{found[0]}}}")
    for criterion, text in wording.questions.items():
        for complaint in question_complaints(criterion, text):
            raise questions.error(criterion, complaint)
