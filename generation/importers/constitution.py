"""Read a constitution set: the authors' folder of four text files, or one YAML file in our own layout.

The layout of the four files is that of the authors' release (honglizhan/RESORT_cognitive_reappraisal,
prompts/): `<Name> = text` a line, one line for every dimension of the appraisal scheme, in its order.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from generation.constitution import (
    MAX_KEY,
    MAX_NAME,
    Constitution,
    ConstitutionError,
    DimensionText,
    parse_constitution,
)
from generation.importers.text_file import TextFileError, read_text_file

# What each file holds, by its name.
FILES = {
    "appraisal_question": "appraisal_questions.txt",
    "aim": "reappraisal_aim.txt",
    "guidance": "reappraisal_guidance.txt",
    "standards": "reappraisal_standards.txt",
}
# The keys that the paper's dimensions go by in scores and exports; others are named after themselves.
KEYS = {
    1: "self_responsibility",
    4: "problem_focused_coping",
    6: "attentional_activity",
    7: "emotion_focused_coping",
    8: "self_controllable",
    23: "consistency_with_internal_values",
}

# One space after the sign belongs to the layout: the recorded prompts of the release do not hold it.
_LINE = re.compile(r"<(?P<name>[^<>]*[^<>\s][^<>]*)> *= ?(?P<text>.*)")
_BULLET = re.compile(r"\s*[•\-]\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class ConstitutionFileError(ValueError):
    """Files that make no constitution set; each of lines names the file, the line and what was expected."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


class SkippedDimension(NamedTuple):
    """A line of the four files that has no guidance, and so is no dimension to reappraise."""

    number: int
    name: str


@dataclass(frozen=True)
class ConstitutionFile:
    """The set as read, and the dimensions left out because they have a question but no guidance."""

    constitution: Constitution
    skipped: tuple[SkippedDimension, ...] = ()


class _Entry(NamedTuple):
    name: str
    text: str


def read_constitution(path: Path, *, name: str = "") -> ConstitutionFile:
    """Read a folder of the four files, a release that has them in prompts/, or a YAML file.

    Without a name the set is called as the YAML file says, or after the release's folder. Raises
    ConstitutionFileError.
    """
    try:
        if path.is_dir():
            return _read_folder(path, name=name)
        constitution = parse_constitution(read_text_file(path))
    except (TextFileError, ConstitutionError) as error:
        raise ConstitutionFileError([f"{path.name}: {error}"]) from error
    return ConstitutionFile(Constitution(name or constitution.name, constitution.dimensions))


def _read_folder(path: Path, *, name: str) -> ConstitutionFile:
    prompts = path / "prompts" if (path / "prompts").is_dir() else path
    problems: list[str] = []
    columns = {part: _read_file(prompts / file, problems) for part, file in FILES.items()}
    if problems:
        raise ConstitutionFileError(problems)
    _check_alignment(columns, problems)
    if problems:
        raise ConstitutionFileError(problems)
    dimensions: list[DimensionText] = []
    skipped: list[SkippedDimension] = []
    for number, entry in enumerate(columns["guidance"], start=1):
        entries = {part: column[number - 1] for part, column in columns.items()}
        if entry.text.strip() or entries["aim"].text.strip() or entries["standards"].text.strip():
            dimensions.append(_dimension(number, entries, problems))
        elif entries["appraisal_question"].text.strip():
            skipped.append(SkippedDimension(number, entry.name))
    _check_keys(dimensions, problems)
    if not dimensions and not problems:
        problems.append(f"{FILES['guidance']}: expected a text after '=' on at least one line, found none.")
    if problems:
        raise ConstitutionFileError(problems)
    release = prompts.resolve()
    default = release.parent.name if release.name == "prompts" else release.name
    return ConstitutionFile(Constitution(name or default, tuple(dimensions)), tuple(skipped))


def _read_file(path: Path, problems: list[str]) -> list[_Entry]:
    """Return the file's lines taken apart, noting those that cannot be."""
    try:
        text = read_text_file(path)
    except TextFileError as error:
        problems.append(f"{path.name}: {error}")
        return []
    entries = []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            problems.append(f"{path.name}, line {number}: expected '<Name> = text'.")
        elif _CONTROL.search(line):
            problems.append(f"{path.name}, line {number}: expected text, found a control character.")
        elif len(match["name"].strip()) > MAX_NAME:
            problems.append(f"{path.name}, line {number}: expected a name of at most {MAX_NAME} characters.")
        else:
            entries.append(_Entry(match["name"].strip(), match["text"].replace("\\n", "\n")))
    return entries


def _check_alignment(columns: Mapping[str, Sequence[_Entry]], problems: list[str]) -> None:
    """Note where the files are not about the same dimensions on the same lines; case is not looked at."""
    reference = columns["appraisal_question"]
    for part, column in columns.items():
        file = FILES[part]
        if len(column) != len(reference):
            problems.append(
                f"{file}, line {min(len(column), len(reference)) + 1}: expected {len(reference)} lines as in "
                f"{FILES['appraisal_question']}, one for each dimension; found {len(column)}."
            )
            continue
        for number, (entry, expected) in enumerate(zip(column, reference, strict=True), start=1):
            if entry.name.casefold() != expected.name.casefold():
                problems.append(
                    f"{file}, line {number}: expected <{expected.name}>, as in "
                    f"{FILES['appraisal_question']}; found <{entry.name}>."
                )


def _dimension(number: int, entries: Mapping[str, _Entry], problems: list[str]) -> DimensionText:
    name = entries["guidance"].name
    for part, entry in entries.items():
        if not entry.text.strip():
            problems.append(
                f"{FILES[part]}, line {number}: expected a text after '<{name}> =', since another of the "
                "four files has one for this dimension."
            )
    standards = _standards(entries["standards"].text)
    if not standards and entries["standards"].text.strip():
        problems.append(f"{FILES['standards']}, line {number}: expected a standard after the bullet.")
    return DimensionText(
        number=number,
        key=KEYS.get(number) or _key(name, number),
        name=name,
        aim=entries["aim"].text.strip(),
        appraisal_question=entries["appraisal_question"].text,
        guidance=entries["guidance"].text,
        standards=standards,
    )


def _standards(text: str) -> tuple[str, ...]:
    """Take the bullets off; a line without one goes on the standard before it."""
    standards: list[str] = []
    for line in filter(str.strip, text.split("\n")):
        bullet = _BULLET.match(line)
        if bullet or not standards:
            standards.append(line[bullet.end() :].rstrip() if bullet else line.strip())
        else:
            standards[-1] += f"\n{line.rstrip()}"
    return tuple(filter(None, standards))


def _check_keys(dimensions: Sequence[DimensionText], problems: list[str]) -> None:
    first: dict[str, int] = {}
    for dimension in dimensions:
        other = first.setdefault(dimension.key, dimension.number)
        if other != dimension.number:
            problems.append(
                f"{FILES['guidance']}, line {dimension.number}: expected a name of its own; "
                f"<{dimension.name}> stands on line {other} too."
            )


def _key(name: str, number: int) -> str:
    """Return the name in a-z, 0-9 and _, beginning with a letter; the number's where no letter is left."""
    key = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:MAX_KEY].rstrip("_")
    if not key:
        return f"dimension_{number}"
    return key if key[0].isalpha() else f"dimension_{key}"[:MAX_KEY]
