"""Read a file of responses that people wrote, CSV or JSONL: all of them, or every problem with its line."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from generation.domain.human_response import HumanResponseDraft
from generation.importers.post_records import LineProblem, Record
from generation.importers.record_file import (
    MAX_BYTES,
    Column,
    RecordFileError,
    other_columns,
    read_records,
    take_value,
)

__all__ = [
    "MAX_BYTES",
    "MAX_RESPONSES",
    "HumanResponseFile",
    "HumanResponseFileError",
    "dimension_names",
    "read_human_responses",
]

MAX_RESPONSES = 20_000
# In texts, tables and exports a source stands beside the methods of models; 40 is its column's size.
_SOURCE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_COLUMNS = (
    Column("text", 20_000, is_text=True, is_required=True),
    Column("post", 100, is_required=True, takes_numbers=True),
    Column("source", 100, is_required=True),
    Column("dimension", 200, takes_numbers=True),
)


class HumanResponseFileError(RecordFileError):
    """A file from which no responses can be read."""


@dataclass(frozen=True)
class HumanResponseFile:
    """The responses of a file, and the columns or fields that mean nothing here and were left out."""

    drafts: list[HumanResponseDraft]
    ignored_columns: tuple[str, ...]


class NamedDimension(Protocol):
    """What a dimension may be called by; the stored ones and the engine's own both are such."""

    @property
    def number(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...


def dimension_names(dimensions: Iterable[NamedDimension]) -> dict[str, str]:
    """Return the key of each dimension by its key, number and name in lower case; the key goes first."""
    given = list(dimensions)
    return {
        **{dimension.name.casefold(): dimension.key for dimension in given},
        **{str(dimension.number): dimension.key for dimension in given},
        **{dimension.key: dimension.key for dimension in given},
    }


def read_human_responses(
    file: BinaryIO, *, name: str, post_keys: Container[str], dimensions: Mapping[str, str]
) -> HumanResponseFile:
    """Read the file; name tells its format by its ending. Raises HumanResponseFileError.

    post_keys are the ids of the posts that may be answered, dimensions the keys by what the file may call
    them (dimension_names); without any, every response must leave its dimension empty.
    """
    records = read_records(file, name=name, columns=_COLUMNS, noun="response", most=MAX_RESPONSES)
    problems = records.problems
    first_lines: dict[tuple[str, str, str], int] = {}
    drafts = []
    for record in records.found:
        draft = _draft(record, problems, post_keys, dimensions)
        cell = (draft.post, draft.method, draft.dimension)
        if all(cell[:2]) and first_lines.setdefault(cell, record.line) != record.line:
            message = f"The post, source and dimension are those of line {first_lines[cell]}."
            problems.append(LineProblem(record.line, message))
        drafts.append(draft)
    if problems:
        raise HumanResponseFileError(problems)
    return HumanResponseFile(drafts, other_columns(records, _COLUMNS))


def _draft(
    record: Record, problems: list[LineProblem], post_keys: Container[str], dimensions: Mapping[str, str]
) -> HumanResponseDraft:
    """Return the record's draft; what is wrong with it is noted, and the draft counts only if nothing is."""
    values = {column.name: take_value(record, column, problems) for column in _COLUMNS}

    def complain(message: str) -> None:
        problems.append(LineProblem(record.line, message))

    if values["post"] and values["post"] not in post_keys:
        complain("No post of the collection has this id; expected a post's id.")
    if values["source"] and not _SOURCE.fullmatch(values["source"]):
        complain(
            "The source must be a name in a-z, 0-9 and _, such as oracle_response or top_reddit_comment."
        )
    dimension = dimensions.get(values["dimension"].casefold(), "")
    if values["dimension"] and not dimensions:
        complain("The dimension must be empty: no constitution set was chosen in which to look it up.")
    elif values["dimension"] and not dimension:
        complain("No dimension of the constitution set is called so; expected its key, number or name.")
    return HumanResponseDraft(
        line=record.line,
        post=values["post"],
        method=values["source"],
        dimension=dimension,
        text=values["text"],
    )
