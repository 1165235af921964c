"""Show how much of an import's files has been read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm


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
