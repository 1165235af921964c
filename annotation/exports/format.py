"""What an export format is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from annotation.models import Study


@dataclass(frozen=True)
class ExportFormat:
    """One way to write a study's ratings, or what its judges replied.

    `write` returns the number of rows, the head not counted.
    """

    key: str
    suffix: str
    content_type: str
    write: Callable[[Study, IO[bytes]], int]
