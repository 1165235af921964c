"""Read what judges answered. Nothing is read out of a reply: it is kept as it came."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotation.domain.imported_release.judge_replies import (
    ChangedReplyError,
    ReadReply,
    store_replies,
)
from annotation.importers.resort_release.files import ORACLE, TOP_COMMENT, JudgeFile, ReleaseFiles
from annotation.importers.resort_release.layout import TextStep, rated_step
from annotation.importers.resort_release.report import JOINED, REPLIES, ImportReport, Notice, ReleaseError
from annotation.importers.resort_release.rows import read_file
from annotation.importers.resort_release.texts import OUTPUT_COLUMNS, TOP_COMMENT_TEXT, ReleaseDesign
from annotation.models import Study
from generation.domain.imported_response import ImportedTexts, TextPlace
from generation.release.outputs import Row
from generation.release.posts import ID
from generation.strategies import Method, Strategy
from generation.text_key import text_key

REPLY = "evaluation_raw_output"
ORACLE_TEXT, ORACLE_NUMBER = "Reappraisal", "Dimension"
_COLUMNS = (
    *OUTPUT_COLUMNS,
    *(ORACLE_TEXT, ORACLE_NUMBER, TOP_COMMENT_TEXT),
    *(f"{REPLY}*", "reappraisal_output*", "intermediate_output*"),
)

Json = Any


@dataclass
class ReplyReader:
    """Puts judges' replies beside the texts they are about; all texts must be stored by now.

    find_post gives a post's primary key by its key, criteria are primary keys by key.
    """

    files: ReleaseFiles
    design: ReleaseDesign
    texts: ImportedTexts
    report: ImportReport
    study: Study
    criteria: Mapping[str, int]
    find_post: Callable[[str], int | None]

    def read(self, file: JudgeFile, model_spec: int | None) -> None:
        name = self.files.name(file.path)
        try:
            counts = store_replies(
                self.study, judge=file.judge, file=name, replies=self._replies(file, name, model_spec)
            )
        except ChangedReplyError as error:
            expected = f"expected the reply in '{error.field}' that was imported before."
            raise ReleaseError(name, error.row, expected) from error
        self.report.new[REPLIES] += counts.new
        self.report.there[REPLIES] += counts.unchanged + counts.joined
        self.report.new[JOINED] += counts.joined

    def _replies(self, file: JudgeFile, name: str, model_spec: int | None) -> Iterator[ReadReply]:
        steps = self._steps(file.strategy)
        for row in read_file(file.path, name, self.report, known=_COLUMNS):
            post_key = row.fields.get(ID)
            if not isinstance(post_key, str) or not 0 < len(post_key) <= 100:
                raise ReleaseError(name, row.line, f"expected the post's id in '{ID}'.")
            post = self.find_post(post_key)
            if post is None:
                self.report.note(Notice.UNKNOWN_POST, name, row.line)
            for field, value in row.fields.items():
                if not field.startswith(REPLY):
                    continue
                number = _number(row, field, file)
                text = _judged_text(row, field, file, self.design)
                place = self._place(file, post, number, steps, model_spec)
                response = self._response(place, text)
                if response is None and post is not None:
                    self.report.note(Notice.UNJOINED, name, row.line)
                yield ReadReply(
                    criterion=self.criteria[file.criterion],
                    row=row.line,
                    field=field,
                    raw=self._raw(value, name, row.line),
                    post=post,
                    post_key=post_key,
                    source_name=file.source_name,
                    model_spec=model_spec,
                    strategy=file.strategy.key if file.strategy else "",
                    dimension=None if number is None else self.design.dimensions.get(number),
                    response=response,
                    text_key=text_key(text) if text else "",
                )

    def _steps(self, strategy: Strategy | None) -> dict[int | None, TextStep | None]:
        """Return which text was judged, by the number in the reply's field; None where it has no number."""
        if strategy is None:
            return {}
        numbers = self.design.numbers
        steps: dict[int | None, TextStep | None] = {
            number: rated_step(strategy, numbers, number) for number in numbers.values()
        }
        first = min(numbers.values())
        is_of_all = strategy.method is Method.VANILLA
        return {**steps, None: rated_step(strategy, numbers, first) if is_of_all else None}

    def _place(
        self,
        file: JudgeFile,
        post: int | None,
        number: int | None,
        steps: Mapping[int | None, TextStep | None],
        model_spec: int | None,
    ) -> TextPlace | None:
        if post is None:
            return None
        if file.strategy is None:
            own = None if file.source_name == TOP_COMMENT or number is None else number
            return TextPlace(post, None if own is None else self.design.dimensions.get(own), file.source_name)
        step = steps.get(number)
        if step is None:
            return None
        dimension = None if step.number is None else self.design.dimensions[step.number]
        return TextPlace(post, dimension, "", model_spec, file.strategy.key, step.step)

    def _response(self, place: TextPlace | None, text: str | None) -> int | None:
        if place is None or not text:
            return None
        known = self.texts.find(place, text)
        return known.response if known else None

    def _raw(self, value: Json, name: str, line: int) -> Json:
        if isinstance(value, float) and not math.isfinite(value):
            self.report.note(Notice.NO_NUMBER, name, line)
            return None
        return value


def _number(row: Row, field: str, file: JudgeFile) -> int | None:
    """Return the dimension under which the judge was asked.

    Of an expert's text the row says it: the field is called dim_1 there whatever the dimension.
    """
    if file.source_name == ORACLE:
        number = row.fields.get(ORACLE_NUMBER)
        return number if isinstance(number, int) else None
    suffix = field.rpartition("_")[2]
    return int(suffix) if suffix.isascii() and suffix.isdigit() and len(suffix) < 5 else None


def _judged_text(row: Row, field: str, file: JudgeFile, design: ReleaseDesign) -> str | None:
    if file.source_name == ORACLE:
        return row.text((ORACLE_TEXT,))
    if file.source_name == TOP_COMMENT:
        return row.text((TOP_COMMENT_TEXT,))
    suffix = field.removeprefix(REPLY)
    names = [f"reappraisal_output{suffix}", f"intermediate_output{suffix}"]
    number = _number(row, field, file)
    if number is not None and number in design.numbers.values():
        names.append(f"reappraisal_output_step_{sorted(design.numbers.values()).index(number)}")
    return row.text((*names, "reappraisal_output"))
