"""What came of comparing prompts: counts, and where the first one differs."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto

from generation.release.outputs import UnreadableRow

_BEFORE, _AFTER = 20, 40


class Verdict(Enum):
    EQUAL = auto()
    DIFFERENT = auto()
    ABSENT = auto()  # not recorded, or made from an answer that was not recorded


@dataclass(frozen=True)
class Difference:
    """A prompt that is not what was recorded; sent None: the engine makes no such call."""

    line: int
    prompt: str
    recorded: str
    sent: str | None

    def __str__(self) -> str:
        where = f"line {self.line}, {self.prompt}"
        if self.sent is None:
            return f"{where}: recorded, but the engine makes no such call"
        at = first_difference(self.recorded, self.sent)
        recorded, sent = _excerpt(self.recorded, at), _excerpt(self.sent, at)
        return f"{where}, character {at + 1:,}: expected {recorded}, sent {sent}"


@dataclass(frozen=True)
class Judged:
    """The verdict on one prompt, and where it differs if it does."""

    verdict: Verdict
    difference: Difference | None = None


@dataclass
class Comparison:
    """The counts of one file, its first difference, and the lines that are no rows.

    refusals counts recorded answers that are none, restored the rows whose post was sent as source_data has
    it and not as the row does.
    """

    rows: int = 0
    refusals: int = 0
    restored: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    first_difference: Difference | None = None
    unreadable: list[UnreadableRow] = field(default_factory=list)

    @property
    def equal(self) -> int:
        return self.verdicts[Verdict.EQUAL]

    @property
    def different(self) -> int:
        return self.verdicts[Verdict.DIFFERENT]

    @property
    def absent(self) -> int:
        return self.verdicts[Verdict.ABSENT]

    @property
    def compared(self) -> int:
        return self.equal + self.different

    def add(self, judged: Judged) -> None:
        self.verdicts[judged.verdict] += 1
        self.first_difference = self.first_difference or judged.difference


def first_difference(recorded: str, sent: str) -> int:
    """Return the place of the first character that differs; where one text only goes on, the other's end."""
    pairs = zip(recorded, sent, strict=False)
    shorter = min(len(recorded), len(sent))
    return next((place for place, (left, right) in enumerate(pairs) if left != right), shorter)


def _excerpt(text: str, at: int) -> str:
    """Return a few words around the place on one line; what is not printable ASCII is escaped."""
    start, end = max(0, at - _BEFORE), at + _AFTER
    return f"{'...' if start else ''}{text[start:end]!a}{'...' if end < len(text) else ''}"
