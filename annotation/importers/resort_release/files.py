"""The files of a release: which are there, which are missing, and which are something else."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotation.importers.resort_release.report import ImportReport, Notice, ReleaseError
from generation.release.outputs import FOLDER as OUTPUTS
from generation.release.outputs import OutputFile, find_output_files
from generation.strategies import STRATEGIES, Method, Strategy

HUMAN_EVALUATION = "eval-human"
ORACLE_FILE = "oracle_responses.jsonl"
ORACLE = "oracle_response"
TOP_COMMENT = "top_reddit_comment"
# How folders and files of the release name these.
CRITERIA = {
    "standard_alignment": "alignment",
    "empathy": "empathy",
    "harmful": "harmfulness",
    "factuality": "factuality",
}
PEOPLE = {"oracle": ORACLE, "reddit_top_comment": TOP_COMMENT}

_CRITERION = re.compile(r"\d+_(?P<name>[a-z_]+)")
_METHODS = {method.replace(" ", "_"): method for method in Method}


@dataclass(frozen=True)
class JudgeFile:
    """One file of a judge's replies: to texts of one strategy and model, or of one human source."""

    path: Path
    judge: str
    criterion: str
    strategy: Strategy | None
    model: str
    source_name: str


@dataclass(frozen=True)
class ReleaseFiles:
    """What is there of a release; people are the texts of model_outputs that no model wrote."""

    folder: Path
    posts: tuple[Path, ...]
    outputs: tuple[OutputFile, ...]
    oracle: Path | None
    human: Path | None
    judges: tuple[JudgeFile, ...]

    def name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    @property
    def all(self) -> list[Path]:
        return [
            *self.posts,
            *(file.path for file in self.outputs),
            *([self.oracle] if self.oracle else []),
            *([self.human] if self.human else []),
            *(file.path for file in self.judges),
        ]


def find_files(folder: Path, report: ImportReport) -> ReleaseFiles:
    """Return the release's files, noting those that are something else.

    Raises ReleaseError for a folder that holds nothing of a release, or two human evaluations.
    """
    outputs, others = find_output_files(folder)
    oracle = folder / OUTPUTS / ORACLE_FILE
    human = sorted((folder / HUMAN_EVALUATION).glob("human_eval_annotations*.json"))
    if len(human) > 1:
        found = " and ".join(path.name for path in human)
        raise ReleaseError(HUMAN_EVALUATION, None, f"expected one file of human evaluations, found {found}.")
    for path in others:
        if path != oracle:
            report.note(Notice.OTHER_FILE, path.relative_to(folder).as_posix())
    judges = _judge_files(folder, sorted(folder.glob("eval-*")), report)
    files = ReleaseFiles(
        folder=folder,
        posts=tuple(sorted((folder / "source_data").glob("*.jsonl"))),
        outputs=tuple(outputs),
        oracle=oracle if oracle.is_file() else None,
        human=human[0] if human else None,
        judges=judges,
    )
    if not files.all:
        raise ReleaseError(
            folder.name or str(folder),
            None,
            "expected a RESORT release: source_data, prompts, model_outputs, eval-human or eval-gpt4.",
        )
    return files


def find_judge_files(folder: Path, report: ImportReport) -> ReleaseFiles:
    """Return the judges' files alone, of a release or of one of its eval- folders.

    Raises ReleaseError for a folder that holds none.
    """
    is_one = folder.resolve().name.startswith("eval-")
    release = folder.resolve().parent if is_one else folder
    judges = _judge_files(release, [folder.resolve()] if is_one else sorted(folder.glob("eval-*")), report)
    if not judges:
        expected = "expected a RESORT release with eval-gpt4, or that folder."
        raise ReleaseError(folder.name or str(folder), None, expected)
    return ReleaseFiles(release, posts=(), outputs=(), oracle=None, human=None, judges=judges)


def _judge_files(release: Path, folders: Sequence[Path], report: ImportReport) -> tuple[JudgeFile, ...]:
    judges = []
    for path in sorted(path for folder in folders for path in folder.glob("**/*.jsonl")):
        judged = _judge_file(path, path.relative_to(release).parts)
        if judged:
            judges.append(judged)
        else:
            report.note(Notice.OTHER_FILE, path.relative_to(release).as_posix())
    return tuple(judges)


def _judge_file(path: Path, parts: tuple[str, ...]) -> JudgeFile | None:
    """Take apart JUDGE/PIPELINE/CRITERION/METHOD/MODEL.jsonl or JUDGE/PEOPLE/CRITERION.jsonl."""
    judge = parts[0].removeprefix("eval-")
    if len(parts) == 3 and parts[1] in PEOPLE:
        criterion = _criterion(path.stem)
        if criterion:
            return JudgeFile(path, judge, criterion, None, "", PEOPLE[parts[1]])
    if len(parts) == 5 and parts[3] in _METHODS:
        criterion, strategy = _criterion(parts[2]), STRATEGIES.get(f"{parts[1]} {_METHODS[parts[3]]}")
        if criterion and strategy:
            return JudgeFile(path, judge, criterion, strategy, path.stem, "")
    return None


def _criterion(name: str) -> str | None:
    match = _CRITERION.fullmatch(name)
    return CRITERIA.get(match["name"]) if match else None


def note_missing(files: ReleaseFiles, models: Iterable[str], report: ImportReport) -> None:
    """Note what a whole release with these models has and this one has not, by folder."""
    for place, names in (("source_data", files.posts), (HUMAN_EVALUATION, files.human)):
        if not names:
            report.note(Notice.MISSING_FILE, place)
    there = {files.name(path) for path in files.all}
    for path in [*_output_paths(sorted(models)), *_judge_paths(sorted(models))]:
        if path not in there:
            folder, _, name = path.rpartition("/")
            report.note(Notice.MISSING_FILE, folder, words=name)


def _output_paths(models: Sequence[str]) -> Iterator[str]:
    for strategy in STRATEGIES.values():
        for model in models:
            yield f"{OUTPUTS}/{strategy.pipeline}/{strategy.method.replace(' ', '_')}/{model}.jsonl"
    yield f"{OUTPUTS}/{ORACLE_FILE}"


def _judge_paths(models: Sequence[str]) -> Iterator[str]:
    names = [f"{number}_{name}" for number, name in enumerate(CRITERIA, start=1)]
    for strategy in STRATEGIES.values():
        for name in names:
            for model in models:
                method = strategy.method.replace(" ", "_")
                yield f"eval-gpt4/{strategy.pipeline}/{name}/{method}/{model}.jsonl"
    for folder in PEOPLE:
        yield from (f"eval-gpt4/{folder}/{name}.jsonl" for name in names)
