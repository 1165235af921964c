"""Read the texts of model_outputs, with their prompts, and those that people wrote."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from annotation.importers.resort_release.files import ORACLE, TOP_COMMENT, JudgeFile, ReleaseFiles
from annotation.importers.resort_release.layout import ChainLayout, chain_layouts
from annotation.importers.resort_release.report import (
    MODEL_TEXTS,
    PEOPLE_TEXTS,
    ImportReport,
    Notice,
    ReleaseError,
)
from annotation.importers.resort_release.rows import read_file
from generation.backends.base import FinishReason, Message
from generation.backends.replay import is_recorded_refusal
from generation.domain.imported_response import (
    ImportedText,
    ImportedTexts,
    RecordedCall,
    TextOrigin,
    TextPlace,
)
from generation.models import ConstitutionSet
from generation.release.outputs import POST, OutputFile, Row
from generation.release.posts import ID
from generation.strategies import Yields
from generation.validation import Problem, find_problems

OUTPUT_COLUMNS = (ID, POST, "Model", "Sub-Reddit")
ORACLE_TEXT, ORACLE_NUMBER = "Reappraisal Response", "Appraisal Dimension ID"
ORACLE_COLUMNS = (ID, POST, ORACLE_TEXT, ORACLE_NUMBER, "Appraisal Dimension Description", "Constitution")
TOP_COMMENT_TEXT = "Top Comment"


@dataclass(frozen=True)
class ReleaseDesign:
    """What rows are placed by. dimensions: primary keys by number; numbers: the dimensions' by key."""

    dimensions: Mapping[int, int]
    numbers: Mapping[str, int]


def design_of(constitution_set: ConstitutionSet) -> ReleaseDesign:
    """Return the design of a constitution's dimensions. One query."""
    dimensions = list(constitution_set.dimensions.all())
    return ReleaseDesign(
        {dimension.number: dimension.pk for dimension in dimensions},
        {dimension.key: dimension.number for dimension in dimensions},
    )


PostOf = Callable[[Row, str], int]


@dataclass
class TextReader:
    """Puts a release's texts among those that are known; post_of gives the primary key of a row's post."""

    files: ReleaseFiles
    design: ReleaseDesign
    texts: ImportedTexts
    report: ImportReport
    post_of: PostOf

    def read_outputs(self, file: OutputFile, model_spec: int) -> None:
        """Take every text of one strategy and model, the earlier ones of a refinement among them."""
        name = self.files.name(file.path)
        layouts = chain_layouts(file.strategy, self.design.numbers)
        columns = {
            column for layout in layouts for call in layout.fields for column in call.prompt + call.answer
        }
        for row in read_file(file.path, name, self.report, known=(*OUTPUT_COLUMNS, *columns)):
            post = self.post_of(row, name)
            if row.fields.get("Model") not in (None, file.model):
                self.report.note(Notice.OTHER_MODEL_NAME, name, row.line)
            for layout in layouts:
                dimension = None if layout.number is None else self.design.dimensions[layout.number]
                place = TextPlace(post, dimension, "", model_spec, file.strategy.key)
                for text in _texts_of_chain(row, layout, place, name, self.report):
                    self._take(text, row.line)

    def _take(self, text: ImportedText, line: int) -> None:
        known = self.texts.find(text.place, text.text)
        if known is not None:
            self.texts.complete(known, text)
            return
        self.texts.add(text)
        self.report.new[MODEL_TEXTS] += 1
        self.report.problems.update(problem.value for problem in text.problems)
        if Problem.LEAKED_MARKUP in text.problems:
            self.report.note(Notice.MARKUP, text.origin.file, line)

    def read_oracle(self) -> None:
        """Take what experts wrote, each for one dimension."""
        if self.files.oracle is None:
            return
        name = self.files.name(self.files.oracle)
        for row in read_file(self.files.oracle, name, self.report, known=ORACLE_COLUMNS):
            post, number = self.post_of(row, name), row.fields.get(ORACLE_NUMBER)
            if isinstance(number, bool) or not isinstance(number, int):
                raise ReleaseError(name, row.line, f"expected a dimension's number in '{ORACLE_NUMBER}'.")
            if number not in self.design.dimensions:
                self.report.note(Notice.UNKNOWN_DIMENSION, name, row.line)
                continue
            place = TextPlace(post, self.design.dimensions[number], ORACLE)
            self._take_of_person(place, row, ORACLE_TEXT, name)

    def read_top_comments(self, file: JudgeFile, knows_post: Callable[[Row], bool]) -> None:
        """Take the comments that a judge was asked about; nowhere else does the release have them all."""
        name = self.files.name(file.path)
        for row in read_file(
            file.path, name, self.report, known=(ID, POST, TOP_COMMENT_TEXT, "evaluation_raw_output*")
        ):
            if knows_post(row):
                place = TextPlace(self.post_of(row, name), None, TOP_COMMENT)
                self._take_of_person(place, row, TOP_COMMENT_TEXT, name)

    def _take_of_person(self, place: TextPlace, row: Row, field: str, name: str) -> None:
        text = row.text((field,))
        if text is None or not text.strip():
            self.report.note(Notice.MISSING_TEXT, name, row.line)
            return
        known = self.texts.find(place, text)
        if known is None:
            self.texts.add(ImportedText(place, text, TextOrigin(name, row.line, field)))
            self.report.new[PEOPLE_TEXTS] += 1
        elif self.texts.find_exactly(place, text) is None:
            self.report.note(Notice.OTHER_WORDING, name, row.line)


@dataclass
class _Chat:
    """What was said in a chain so far: calls since the last text, messages of the open chat, the text now."""

    calls: list[RecordedCall] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    current: str = ""


def _texts_of_chain(
    row: Row, layout: ChainLayout, place: TextPlace, name: str, report: ImportReport
) -> Iterator[ImportedText]:
    chat = _Chat()
    for step, (call, fields) in enumerate(zip(layout.calls, layout.fields, strict=True)):
        prompt, answer = row.text(fields.prompt), row.text(fields.answer)
        prompt_field = _there(row, fields.prompt)
        answer_field = _there(row, fields.answer)
        chat.messages = [*(chat.messages if call.same_chat else ()), Message("user", prompt or "")]
        is_text = call.yields is Yields.TEXT
        chat.calls.append(
            {
                "prompt_field": prompt_field,
                "prompt": prompt,
                "answer_field": answer_field,
                "answer": None if is_text else answer,
            }
        )
        is_refusal = answer is not None and is_recorded_refusal(answer)
        if is_refusal:
            report.note(Notice.REFUSAL, name, row.line)
        elif is_text and (answer is None or not answer.strip()):
            report.note(Notice.MISSING_TEXT, name, row.line)
        elif is_text and answer is not None:
            yield ImportedText(
                place=TextPlace(place.post, place.dimension, "", place.model_spec, place.strategy, step),
                text=answer,
                origin=TextOrigin(name, row.line, answer_field),
                is_final=step == len(layout.calls) - 1,
                calls=tuple(chat.calls),
                problems=_problems(answer, chat, row.post),
            )
            chat.calls = []
        chat.current = (answer or "") if is_text else chat.current
        chat.messages.append(Message("assistant", answer or ""))


def _problems(text: str, chat: _Chat, post: str) -> tuple[Problem, ...]:
    prompt = tuple(message for message in chat.messages if message.content)
    return find_problems(
        text, finish_reason=FinishReason.STOP, prompt=prompt, post=post, revised=chat.current
    )


def _there(row: Row, names: tuple[str, ...]) -> str:
    return next((name for name in names if name in row.fields), names[0])
