"""A prompt set: the wording of every question, as data; strategies decide only which is asked when."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from generation.canonical import canonical_sha256
from generation.yaml_fields import FieldError, Fields, read_fields


class PromptSetError(ValueError):
    """A prompt set that cannot be used; the message is one line and names the line and field."""


class Wording(StrEnum):
    """The keys of a prompt set."""

    SYSTEM = "system"
    FIRST_MESSAGE = "first_message"
    REAPPRAISE = "reappraise"
    REAPPRAISE_GUIDED = "reappraise_guided"
    APPRAISE = "appraise"
    REAPPRAISE_AFTER_APPRAISAL = "reappraise_after_appraisal"
    REAPPRAISE_GUIDED_AFTER_APPRAISAL = "reappraise_guided_after_appraisal"
    REVISE = "revise"
    REVISE_GUIDED = "revise_guided"
    REVISE_BY_APPRAISAL = "revise_by_appraisal"


# A wording must use each of its placeholders, and no other: a forgotten {post} generates nonsense for hours.
PLACEHOLDERS: dict[Wording, frozenset[str]] = {
    Wording.SYSTEM: frozenset(),
    Wording.FIRST_MESSAGE: frozenset({"post", "question"}),
    Wording.REAPPRAISE: frozenset(),
    Wording.REAPPRAISE_GUIDED: frozenset({"guidance"}),
    Wording.APPRAISE: frozenset({"appraisal_question"}),
    Wording.REAPPRAISE_AFTER_APPRAISAL: frozenset(),
    Wording.REAPPRAISE_GUIDED_AFTER_APPRAISAL: frozenset({"guidance"}),
    Wording.REVISE: frozenset({"post", "response"}),
    Wording.REVISE_GUIDED: frozenset({"post", "response", "guidance"}),
    Wording.REVISE_BY_APPRAISAL: frozenset({"post", "response", "appraisal"}),
}

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class PromptSet:
    """One text for each Wording, under its key."""

    name: str
    system: str
    first_message: str
    reappraise: str
    reappraise_guided: str
    appraise: str
    reappraise_after_appraisal: str
    reappraise_guided_after_appraisal: str
    revise: str
    revise_guided: str
    revise_by_appraisal: str

    def render(self, wording: Wording, values: Mapping[str, str]) -> str:
        """Fill in the wording's placeholders, byte for byte.

        One pass over the wording alone: what is filled in is never looked at again, so a post may hold braces
        or a placeholder's name. Raises KeyError for a placeholder without a value.
        """
        text: str = getattr(self, wording.value)
        return fill_in(text, values, names=PLACEHOLDERS[wording])


def parse_prompt_set(yaml_text: str) -> PromptSet:
    """Read a YAML file with `name:` and one text for each wording. Raises PromptSetError."""
    try:
        fields = read_fields(yaml_text)
        fields.require_exactly({"name", *Wording})
        for wording in Wording:
            _check_placeholders(fields, wording)
        return PromptSet(
            name=fields.take_text("name"),
            # A model may do best without a system prompt.
            **{
                wording.value: fields.take_text(wording, empty=wording is Wording.SYSTEM)
                for wording in Wording
            },
        )
    except FieldError as error:
        raise PromptSetError(str(error)) from error


def content_hash(prompt_set: PromptSet) -> str:
    """Hash the wording; a set renamed is still the same set."""
    content = asdict(prompt_set)
    del content["name"]
    return canonical_sha256(content)


def fill_in(text: str, values: Mapping[str, str], *, names: Collection[str]) -> str:
    """Put values in the place of these names in braces, in one pass; other braces stay as they are.

    Raises KeyError for a name that the text holds and that has no value.
    """

    def fill(match: re.Match[str]) -> str:
        return values[match[1]] if match[1] in names else match[0]

    return _PLACEHOLDER.sub(fill, text)


def placeholders_in(text: str) -> set[str]:
    """Return the names that stand in braces."""
    return set(_PLACEHOLDER.findall(text))


def _check_placeholders(fields: Fields, wording: Wording) -> None:
    found = placeholders_in(fields.take_text(wording, empty=wording is Wording.SYSTEM))
    wanted = PLACEHOLDERS[wording]
    if unknown := sorted(found - wanted):
        raise fields.error(wording, f"holds a placeholder that is not filled in there: {_braced(unknown)}")
    if missing := sorted(wanted - found):
        raise fields.error(wording, f"lacks the placeholder {_braced(missing)}")


def _braced(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
