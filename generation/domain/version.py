"""The next version of a set, also where two store at the same moment."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError
from django.db.models import Max, QuerySet

from generation.models.version import Version

MAX_TRIES = 5

_Stored = TypeVar("_Stored", bound=Version)


def until_stored(store: Callable[[], _Stored]) -> _Stored:
    """Store; whoever loses the number of a version to another who stores at the same moment tries again."""
    for _ in range(MAX_TRIES - 1):
        try:
            return store()
        except IntegrityError:
            continue
    return store()


def next_version(versions: QuerySet[_Stored]) -> int:
    newest: int | None = versions.aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1
