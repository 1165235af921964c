"""Inserts and updates whose SQL a process makes once, for what every rating waits for: see `prepared_query`.

They do what `bulk_create` and `update` do. As with those, no `save()` and no signal of a model is called.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import UpdateQuery

from resort_site.prepared_query import Parameter, with_values


class PreparedInsert:
    """Adds rows of a model, each of which gets its key. Its own default fills what a row does not say.

    Where `unique` names fields, a row that is there with the same values in them gets the values of `update`
    instead of being doubled.
    """

    def __init__(self, model: type[Model], *, unique: Sequence[str] = (), update: Sequence[str] = ()) -> None:
        self._model = model
        self._fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self._unique = [_column(model, name) for name in unique]
        self._update = [_column(model, name) for name in update]
        self._sql = lru_cache(maxsize=64)(self._make_sql)

    def __call__(self, *rows: Model) -> None:
        """Add the rows: one query, none without rows."""
        if not rows:
            return
        connection = connections[DEFAULT_DB_ALIAS]
        values = [
            field.get_db_prep_save(field.pre_save(row, add=True), connection)
            for row in rows
            for field in self._fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._sql(len(rows)), values)
            keys = cursor.fetchall()
        for row, (key,) in zip(rows, keys, strict=True):
            row.pk = key
            row._state.adding = False
            row._state.db = connection.alias

    def _make_sql(self, n_rows: int) -> str:
        connection = connections[DEFAULT_DB_ALIAS]
        quote = connection.ops.quote_name
        options = self._model._meta
        columns = ", ".join(quote(field.column) for field in self._fields)
        row = f"({', '.join(['%s'] * len(self._fields))})"
        rows = ", ".join([row] * n_rows)
        parts = [f"INSERT INTO {quote(options.db_table)} ({columns}) VALUES {rows}"]  # noqa: S608  # names only
        if self._unique:
            parts.append(
                connection.ops.on_conflict_suffix_sql(
                    self._fields, OnConflict.UPDATE, self._update, self._unique
                )
            )
        return " ".join([*parts, f"RETURNING {quote(options.pk.column)}"])


def _column(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]  # a field of the table's own


class PreparedUpdate:
    """Changes fields of the rows of a queryset, which is built by a function of its parameters.

    `changes` names the fields; `fields` says of which kind each parameter is.
    """

    def __init__(
        self,
        build: Callable[..., "QuerySet[Any]"],
        *changes: str,
        **fields: "type[Field[Any, Any]]",
    ) -> None:
        self._build = build
        self._changes = changes
        self._fields = fields
        self._known: tuple[str, tuple[Any, ...]] | None = None

    def __call__(self, **values: Any) -> int:  # noqa: ANN401  # whatever its field takes
        """Change the rows and return how many they are: one query. Takes parameters and changes by name."""
        connection = connections[DEFAULT_DB_ALIAS]
        sql, parameters = self._known = self._known or self._make_sql()
        with connection.cursor() as cursor:
            cursor.execute(sql, with_values(parameters, values, connection))
            return cursor.rowcount

    def _make_sql(self) -> tuple[str, tuple[Any, ...]]:
        queryset = self._build(**{name: Parameter(name, field()) for name, field in self._fields.items()})
        query: UpdateQuery = queryset.query.chain(UpdateQuery)  # type: ignore[assignment]
        options = queryset.model._meta
        query.add_update_values({name: Parameter(name, options.get_field(name)) for name in self._changes})
        sql, parameters = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return sql, tuple(parameters)
