"""The texts of a RESORT release: which files there are, their rows, and which field holds what.

Layout and field names are those of the authors' repository (honglizhan/RESORT_cognitive_reappraisal):
model_outputs/PIPELINE/METHOD/MODEL.jsonl as released, and the longer names that pipeline-INDV.py and
pipeline-ITER.py write by default.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generation.strategies import STRATEGIES, Call, Method, Pipeline, Strategy, Yields

FOLDER = "model_outputs"
POST = "Reddit Post"

_PIPELINES = {
    "INDV": Pipeline.INDV,
    "individual_guided_reappraisal": Pipeline.INDV,
    "ITER": Pipeline.ITER,
    "iterative_guided_refinement": Pipeline.ITER,
}
_METHODS = {method.replace(" ", "_"): method for method in Method}


@dataclass(frozen=True)
class OutputFile:
    """One file of recorded calls: of one strategy and one model."""

    path: Path
    strategy: Strategy
    model: str


@dataclass(frozen=True)
class Row:
    """One post with its recorded prompts and answers, and the number of its line in the file."""

    line: int
    fields: dict[str, object]

    @property
    def post(self) -> str:
        return str(self.fields[POST])

    def text(self, names: tuple[str, ...]) -> str | None:
        """Return the first of these fields that the row has; None when none of them holds a text."""
        return next((value for name in names if isinstance(value := self.fields.get(name), str)), None)


@dataclass(frozen=True)
class UnreadableRow:
    """A line that is no row, with the reason in words that repeat none of the line's."""

    line: int
    reason: str


@dataclass(frozen=True)
class CallFields:
    """Where a row holds a call's prompt and its answer; of several names the first that is there counts."""

    prompt: tuple[str, ...]
    answer: tuple[str, ...]


def find_output_files(release: Path) -> tuple[list[OutputFile], list[Path]]:
    """Return the release's files of recorded calls, by strategy, and other JSONL files, which hold none."""
    folder = release / FOLDER
    found: list[OutputFile] = []
    others: list[Path] = []
    for path in sorted(folder.rglob("*.jsonl")):
        strategy = _strategy(path.relative_to(folder).parts)
        if strategy:
            found.append(OutputFile(path, strategy, path.stem))
        else:
            others.append(path)
    order = list(STRATEGIES.values())
    return sorted(found, key=lambda file: (order.index(file.strategy), str(file.path))), others


def _strategy(parts: tuple[str, ...]) -> Strategy | None:
    if len(parts) < 3 or parts[0] not in _PIPELINES or parts[1] not in _METHODS:
        return None
    return STRATEGIES.get(f"{_PIPELINES[parts[0]]} {_METHODS[parts[1]]}")


def read_rows(path: Path) -> Iterator[Row | UnreadableRow]:
    """Yield the file's lines one by one, blank ones left out; a file may be far larger than memory allows."""
    with path.open("rb") as file:
        for line, content in enumerate(file, start=1):
            if content.strip():
                yield _row(line, content)


def _row(line: int, content: bytes) -> Row | UnreadableRow:
    try:
        fields = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return UnreadableRow(line, "expected UTF-8.")
    except json.JSONDecodeError as error:
        return UnreadableRow(
            line, f"expected a JSON object; it cannot be read from character {error.colno} on."
        )
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets nested very deeply
        return UnreadableRow(line, "expected a JSON object, found a number or a nesting too large to read.")
    if not isinstance(fields, dict):
        return UnreadableRow(line, "expected a JSON object in braces.")
    if not isinstance(fields.get(POST), str):
        return UnreadableRow(line, f"expected the post's text in '{POST}'.")
    calls = (name for name in fields if is_prompt_field(name) or is_answer_field(name))
    wrong = next((name for name in calls if not _is_text(fields[name])), None)
    if wrong is not None:
        return UnreadableRow(line, f"expected text or null in '{wrong}'.")
    return Row(line, fields)


def _is_text(value: object) -> bool:
    """Take null and the NaN of a data frame for a text that is not there."""
    return value is None or isinstance(value, str) or (isinstance(value, float) and math.isnan(value))


def is_prompt_field(name: str) -> bool:
    return name.startswith(("reappraisal_question", "appraisal_question", "intermediate_prompt"))


def is_answer_field(name: str) -> bool:
    return name.startswith(("reappraisal_output", "appraisal_output", "intermediate_output"))


def call_fields(
    strategy: Strategy, calls: Sequence[Call], index: int, numbers: Mapping[str, int]
) -> CallFields:
    """Return where the chain's call number `index` is recorded; numbers are the dimensions', by key."""
    call = calls[index]
    if strategy.method is Method.VANILLA:
        return CallFields(("reappraisal_question",), ("reappraisal_output",))
    if strategy.method is Method.SELF_REFINE:
        # The judges' files of the release name the same texts by dimension.
        dimension = f"dim_{sorted(numbers.values())[index]}"
        return CallFields(
            (f"intermediate_prompt_step_{index}", f"intermediate_prompt_{dimension}"),
            (f"reappraisal_output_step_{index}", f"intermediate_output_{dimension}"),
        )
    dimension = f"dim_{numbers[call.dimension or '']}"
    if call.yields is Yields.APPRAISAL:
        return CallFields((f"appraisal_question_{dimension}",), (f"appraisal_output_{dimension}",))
    if strategy.pipeline is Pipeline.INDV:
        return CallFields((f"reappraisal_question_{dimension}",), (f"reappraisal_output_{dimension}",))
    # Of the two texts that one dimension gets when appraised and guided, the first is the half step.
    half = ".5_" if strategy.appraises and strategy.guided and call.same_chat else ""
    return CallFields(
        (f"intermediate_prompt_{half}{dimension}",), (f"intermediate_output_{half}{dimension}",)
    )
