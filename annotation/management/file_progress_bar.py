"""Show how much of an import's files has been read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm


@contextmanager
def row_progress_bar(files: Sequence[Path]) -> Iterator[tuple[Callable[[Path], None], Callable[[], object]]]:
    """Yield what is to be told of each file before it is read, and of each row after; silent likewise."""
    with tqdm(total=sum(map(_lines_in, files)), unit="row", disable=None) as bar:
        yield (lambda path: bar.set_postfix_str(path.name, refresh=False)), bar.update


def _lines_in(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())


@contextmanager
def file_progress_bar(files: Sequence[Path]) -> Iterator[Callable[[Path], None]]:
    """Yield what is to be told of each file before it is read; show nothing where there is no terminal."""
    sizes = {path: path.stat().st_size for path in files}
    with tqdm(total=sum(sizes.values()), unit="B", unit_scale=True, disable=None) as bar:
        finished: list[int] = []

        def on_file(path: Path) -> None:
            bar.update(finished.pop() if finished else 0)
            bar.set_postfix_str(path.name, refresh=False)
            finished.append(sizes.get(path, 0))

        yield on_file
        bar.update(finished.pop() if finished else 0)
