"""A constitution: per appraisal dimension, what a good reappraisal does; read by models and raters."""

import re
from dataclasses import asdict, dataclass, replace

from generation.canonical import canonical_sha256
from generation.yaml_fields import FieldError, Fields, read_fields

MAX_NAME, MAX_KEY, MAX_NUMBER = 120, 80, 1_000_000  # what a database column has room for

_KEY = re.compile(r"[a-z][a-z0-9_]*")


class ConstitutionError(ValueError):
    """A constitution that cannot be used; the message is one line and names the line and field."""


@dataclass(frozen=True)
class DimensionText:
    """One appraisal dimension.

    aim and standards are shown to raters, appraisal_question and guidance go into prompts. number is the
    dimension's id in the 24-dimension appraisal scheme.
    """

    number: int
    key: str
    name: str
    aim: str
    appraisal_question: str
    guidance: str
    standards: tuple[str, ...]


@dataclass(frozen=True)
class Constitution:
    """A set of dimensions, in the order in which the iterative strategies take them."""

    name: str
    dimensions: tuple[DimensionText, ...]

    def dimension(self, key: str) -> DimensionText:
        """Raises KeyError when the set has no such dimension."""
        for dimension in self.dimensions:
            if dimension.key == key:
                return dimension
        raise KeyError(key)


def parse_constitution(yaml_text: str) -> Constitution:
    """Read the YAML layout `name:` and `dimensions:` (a list). Raises ConstitutionError."""
    try:
        top = read_fields(yaml_text)
        top.require_exactly({"name", "dimensions"})
        dimensions: list[DimensionText] = []
        for position, node in enumerate(top.take_list("dimensions"), start=1):
            fields = Fields(node, where=f"dimension {position}")
            dimensions.append(_read_dimension(fields, earlier=dimensions))
        return Constitution(name=top.take_text("name"), dimensions=tuple(dimensions))
    except FieldError as error:
        raise ConstitutionError(str(error)) from error


def in_order(constitution: Constitution) -> Constitution:
    """Return it with its dimensions by number: runs take them so, in whatever order a file has them."""
    return replace(
        constitution,
        dimensions=tuple(sorted(constitution.dimensions, key=lambda dimension: dimension.number)),
    )


def content_hash(constitution: Constitution) -> str:
    """Hash what the models and raters read; a set renamed is still the same set."""
    return canonical_sha256({"dimensions": [asdict(dimension) for dimension in constitution.dimensions]})


def _read_dimension(fields: Fields, *, earlier: list[DimensionText]) -> DimensionText:
    fields.require_exactly(set(DimensionText.__dataclass_fields__))
    dimension = DimensionText(
        number=fields.take_whole("number"),
        key=fields.take_text("key"),
        name=fields.take_text("name"),
        aim=fields.take_text("aim"),
        appraisal_question=fields.take_text("appraisal_question"),
        guidance=fields.take_text("guidance"),
        standards=fields.take_texts("standards"),
    )
    if not 1 <= dimension.number <= MAX_NUMBER:
        raise fields.error("number", f"must be from 1 to {MAX_NUMBER:,}")
    for field, limit in (("key", MAX_KEY), ("name", MAX_NAME)):
        if len(getattr(dimension, field)) > limit:
            raise fields.error(field, f"must have at most {limit} characters")
    if not _KEY.fullmatch(dimension.key):
        raise fields.error("key", "may hold only a-z, 0-9 and _, and begins with a letter")
    if any(dimension.number == other.number for other in earlier):
        raise fields.error("number", f"{dimension.number} is taken by another dimension")
    if any(dimension.key == other.key for other in earlier):
        raise fields.error("key", f"{dimension.key} is taken by another dimension")
    return dimension
