"""Put what judges answered beside the texts that it is about."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from annotation.domain.imported_release.judge_replies import (
    ChangedReplyError,
    JudgedScale,
    ReadReply,
    store_replies,
)
from annotation.importers.resort_release.files import TOP_COMMENT, JudgeFile, ReleaseFiles
from annotation.importers.resort_release.judge_rows import JudgeRow, read_judge_rows
from annotation.importers.resort_release.layout import TextStep, rated_step
from annotation.importers.resort_release.report import JOINED, REPLIES, ImportReport, Notice, ReleaseError
from annotation.importers.resort_release.texts import ReleaseDesign
from annotation.models import Study
from generation.domain.imported_response import ImportedTexts, KnownText, TextPlace
from generation.strategies import Method, Strategy
from generation.text_key import text_key


@dataclass
class ReplyReader:
    """Puts judges' replies beside the texts they are about; all texts must be stored by now.

    find_post gives a post's primary key by its key, scales are by criterion key.
    """

    files: ReleaseFiles
    design: ReleaseDesign
    texts: ImportedTexts
    report: ImportReport
    study: Study
    scales: Mapping[str, JudgedScale]
    find_post: Callable[[str], int | None]

    def read(self, file: JudgeFile, model_spec: int | None) -> None:
        name = self.files.name(file.path)
        scale = self.scales.get(file.criterion)
        if scale is None:
            raise ReleaseError(name, None, f"expected a study with the criterion '{file.criterion}'.")
        replies = self._replies(file, name, scale, model_spec)
        try:
            counts = store_replies(self.study, judge=file.judge, scale=scale, file=name, replies=replies)
        except ChangedReplyError as error:
            expected = f"expected the reply in '{error.field}' that was imported before."
            raise ReleaseError(name, error.row, expected) from error
        self.report.new[REPLIES] += counts.new
        self.report.there[REPLIES] += counts.unchanged + counts.joined
        self.report.new[JOINED] += counts.joined

    def _replies(
        self, file: JudgeFile, name: str, scale: JudgedScale, model_spec: int | None
    ) -> Iterator[ReadReply]:
        steps = self._steps(file.strategy)
        numbers = sorted(self.design.numbers.values())
        lost = 0
        for judged in read_judge_rows(file, name, self.report, scale=scale.scale, numbers=numbers):
            post = self.find_post(judged.post_key)
            known = self._known(self._place(file, post, judged.number, steps, model_spec), judged)
            if post is None and judged.row != lost:
                self.report.note(Notice.UNKNOWN_POST, name, judged.row)
                lost = judged.row
            elif post is not None and known is None:
                self.report.note(Notice.UNJOINED, name, judged.row)
            yield ReadReply(
                row=judged.row,
                field=judged.field,
                raw=judged.raw,
                read=judged.read,
                post=post,
                post_key=judged.post_key,
                source_name=file.source_name,
                model_spec=model_spec,
                strategy=file.strategy.key if file.strategy else "",
                dimension=None if judged.number is None else self.design.dimensions.get(judged.number),
                response=known.response if known else None,
                text_key=known.text_key if known else text_key(judged.text) if judged.text else "",
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

    def _known(self, place: TextPlace | None, judged: JudgeRow) -> KnownText | None:
        if place is None or not judged.text:
            return None
        return self.texts.find(place, judged.text)
