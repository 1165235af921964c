"""What an import read, left out and doubts, in words that repeat none of the files' words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from annotation.judging.reading import Outcome

MOST_SHOWN = 20
# What is counted, in the order in which it is told.
STUDIES, POSTS = "Studies", "Posts"
MODEL_TEXTS, PEOPLE_TEXTS = "Texts of models", "Texts of people"
PROMPTS = "Texts that got their prompts later"
ITEMS, RATINGS = "Items", "Ratings"
REPLIES, JOINED = "Judge's replies", "Replies joined to texts that came later"
KINDS = (STUDIES, POSTS, MODEL_TEXTS, PEOPLE_TEXTS, PROMPTS, ITEMS, RATINGS, REPLIES, JOINED)


class ReleaseError(Exception):
    """A release that cannot be imported; the message names the file, the line and what was expected."""

    def __init__(self, file: str, row: int | None, expected: str) -> None:
        self.file, self.row = file, row
        where = file if row is None else f"{file}, row {row}"
        super().__init__(f"{where}: {expected}")


class Notice(Enum):
    """What may be noted of a file and its rows, said of many and of one. Skipped ones come first."""

    def __init__(self, many: str, one: str) -> None:
        self.many, self.one = many, one

    MISSING_FILE = (
        "not there; what they would hold is not imported",
        "not there; what it would hold is not imported",
    )
    OTHER_FILE = "not known as parts of a release; not read", "not known as a part of a release; not read"
    OTHER_COLUMN = (
        "columns not known as parts of a release; not read",
        "column not known as a part of a release; not read",
    )
    INDEX_COLUMN = (
        "columns that the index of a data frame left; not read",
        "column that the index of a data frame left; not read",
    )
    REFUSAL = (
        "answers that are a content filter's error and no text; not imported as texts",
        "answer that is a content filter's error and no text; not imported as a text",
    )
    MISSING_TEXT = "texts that are not there", "text that is not there"
    UNKNOWN_POST = (
        "rows of judges' replies about posts that are nowhere else; kept without post",
        "row of a judge's reply about a post that is nowhere else; kept without post",
    )
    UNKNOWN_DIMENSION = (
        "texts for a dimension that the constitution lacks; not imported",
        "text for a dimension that the constitution lacks; not imported",
    )
    MARKUP = (
        "texts with markup of the prompt in them, such as <likert>, <rationale> or <score>",
        "text with markup of the prompt in it, such as <likert>, <rationale> or <score>",
    )
    RATED_MARKUP = (
        "rated texts with markup of the prompt in them: whoever rated one could tell its condition",
        "rated text with markup of the prompt in it: whoever rated it could tell its condition",
    )
    RATED_REFUSAL = (
        "rated texts that are a content filter's error",
        "rated text that is a content filter's error",
    )
    RATED_EARLIER = (
        "rated texts that are no last text of their refinement; each is the one after its dimension",
        "rated text that is no last text of its refinement; it is the one after its dimension",
    )
    RATED_ELSEWHERE = (
        "rated texts whose place in model_outputs has another text; both are kept",
        "rated text whose place in model_outputs has another text; both are kept",
    )
    SECOND_TEXT = (
        "rated texts beside another of the same post, condition and dimension; both are items",
        "rated text beside another of the same post, condition and dimension; both are items",
    )
    OTHER_WORDING = (
        "texts that differ in typography from the rated one, which is kept",
        "text that differs in typography from the rated one, which is kept",
    )
    OTHER_POST = (
        "posts in other words than the ones that are kept (white space at the ends aside)",
        "post in other words than the one that is kept (white space at the ends aside)",
    )
    OTHER_MODEL_NAME = (
        "rows that name the model in another way than the file's name, which is kept",
        "row that names the model in another way than the file's name, which is kept",
    )
    MISSING_RATING = "places of an annotation without one", "place of an annotation without one"
    MISSING_SCORE = "annotations without one of their scores", "annotation without one of its scores"
    LONE_RATIONALE = (
        "rationales without a score; kept with the imported annotation",
        "rationale without a score; kept with the imported annotation",
    )
    NO_NUMBER = (
        "replies that are NaN, which is no JSON value; kept as null",
        "reply that is NaN, which is no JSON value; kept as null",
    )
    UNJOINED = (
        "replies of a judge whose text is not here; kept without it",
        "reply of a judge whose text is not here; kept without it",
    )

    def counted(self, count: int) -> str:
        return f"{count:,} {self.one if count == 1 else self.many}"


@dataclass
class _Rows:
    """How often something was noted of a file, in how many rows, and in which first."""

    count: int = 0
    rows: int = 0
    last: int = 0
    shown: list[int] = field(default_factory=list)
    words: dict[str, None] = field(default_factory=dict)

    def add(self, row: int | None, words: str) -> None:
        self.count += 1
        if words:
            self.words[words] = None
        # Rows are noted in their order, so one that was noted already is the last one.
        if row is not None and row != self.last:
            self.rows += 1
            self.last = row
            if len(self.shown) < MOST_SHOWN:
                self.shown.append(row)


@dataclass
class ImportReport:
    """Counts of what is new and of what was there, by kind, and what was noted by file.

    outcomes: what a judge's replies were read as, by file. on_row: called at each row that is read.
    """

    on_row: Callable[[], object] = lambda: None
    new: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    read: dict[str, int] = field(default_factory=dict)
    problems: Counter[str] = field(default_factory=Counter)
    outcomes: defaultdict[str, Counter[Outcome]] = field(default_factory=lambda: defaultdict(Counter))
    _noted: defaultdict[Notice, dict[str, _Rows]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def has_changed(self) -> bool:
        return self.new.total() > 0

    def note(self, notice: Notice, file: str, row: int | None = None, *, words: str = "") -> None:
        """Note something of a row, or of the whole file; words name columns or files, and quote no text."""
        self._noted[notice].setdefault(file, _Rows()).add(row, words)

    def count(self, notice: Notice) -> int:
        return sum(rows.count for rows in self._noted[notice].values())

    def lines(self) -> Iterator[str]:
        """Yield the report line by line."""
        yield f"Read: {_counted(len(self.read), 'file')}, {_counted(sum(self.read.values()), 'row')}."
        for file, rows in self.read.items():
            judged = f": {in_words(self.outcomes[file])}" if file in self.outcomes else ""
            yield f"  {file}: {_counted(rows, 'row')}{judged}"
        for notice in Notice:
            if self._noted[notice]:
                yield f"{notice.counted(self.count(notice))}:"
                yield from (f"  {_row_words(file, rows)}" for file, rows in self._noted[notice].items())
        if self.problems:
            found = ", ".join(f"{key} {count:,}" for key, count in self.problems.most_common())
            yield f"What the validation finds in the new texts: {found}."
        if self.outcomes:
            counts: Counter[Outcome] = sum(self.outcomes.values(), Counter())
            yield f"What judges' replies were read as: {in_words(counts)}."
        for kind in _kinds(self):
            there = f", {self.there[kind]:,} there already" if self.there[kind] else ""
            yield f"{kind}: {self.new[kind]:,} new{there}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _kinds(report: ImportReport) -> list[str]:
    return [kind for kind in KINDS if kind in report.new or kind in report.there]


def _row_words(file: str, rows: _Rows) -> str:
    words = f"{file} ({', '.join(rows.words)})" if rows.words else file
    if not rows.shown:
        return words
    more = rows.rows - len(rows.shown)
    shown = ", ".join(map(str, rows.shown))
    return f"{words}: row{'s' if rows.rows > 1 else ''} {shown}{f' and {more:,} more' if more else ''}"


def in_words(counts: Counter[Outcome]) -> str:
    return ", ".join(f"{outcome.replace('_', ' ')} {counts[outcome]:,}" for outcome in Outcome)
