"""Rows that a test made, put back for the next test of this process that asks for the same ones.

    @kept_rows(find=find_cast)
    def make_study(*, posts: int = 3, ...) -> Cast:

What takes a hundred statements to make comes back in one insert for each table.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from django.db import connection, transaction
from django.utils import timezone

from tests.row_counters import count_on

# Other tables have rows of their own as soon as they are migrated.
OURS = ("annotation_", "generation_")
P = ParamSpec("P")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Table:
    """All rows of one table, as the database gave them."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]

    def insert(self, later: timedelta) -> None:
        """Put the rows back with the keys they had, their times moved on."""
        quote = connection.ops.quote_name
        places = ", ".join(["%s"] * len(self.columns))
        columns = ", ".join(map(quote, self.columns))
        moved = [[_moved(value, later) for value in row] for row in self.rows]
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {quote(self.name)} ({columns}) VALUES ({places})", moved)  # noqa: S608
        if "id" in self.columns:
            count_on(self.name)


def _moved(value: object, later: timedelta) -> object:
    return value + later if isinstance(value, datetime) else value


def kept_rows(*, find: Callable[..., Made]) -> Callable[[Callable[P, Made]], Callable[P, Made]]:
    """Let a function make rows once for each set of arguments, and `find` what it returns thereafter.

    Rows are kept only if nothing of ours was there before, so that they need no rows but each other, and put
    back only where nothing is; else the function runs, as it does for a second study beside a first one.
    """

    def keeping(make: Callable[P, Made]) -> Callable[P, Made]:
        kept: dict[object, tuple[datetime, list[Table]]] = {}

        @functools.wraps(make)
        def made(*_: P.args, **asked: P.kwargs) -> Made:
            key = tuple(sorted((name, _hashable(value)) for name, value in asked.items()))
            before = _counts()
            made_at, tables = kept.get(key, (timezone.now(), []))
            is_empty = not any(count for name, count in before.items() if name.startswith(OURS))
            if tables and is_empty:
                with transaction.atomic():
                    for table in tables:
                        table.insert(timezone.now() - made_at)
                return find(**asked)
            result = make(**asked)
            if is_empty:
                filled = [name for name, count in _counts().items() if count != before[name]]
                kept[key] = (made_at, [_read(name) for name in filled])
            return result

        return made

    return keeping


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@functools.cache
def _names() -> tuple[str, ...]:
    return tuple(connection.introspection.table_names())


def _counts() -> dict[str, int]:
    """Count the rows of every table, in one query."""
    quote = connection.ops.quote_name
    queries = [f"SELECT '{name}', count(*) FROM {quote(name)}" for name in _names()]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries))
        return dict(cursor.fetchall())


def _read(name: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608
        return Table(name, tuple(column[0] for column in cursor.description), cursor.fetchall())
