"""Queries whose SQL a process makes once and asks many times, for what every rating waits for.

Django builds a query's SQL each time it is asked, which takes several times as long as SQLite or PostgreSQL
need to answer the small ones. A prepared query is an ordinary queryset with parameters in place of values.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Parameter(Expression):
    """A value that is given when the query is asked; until then it stands among the query's parameters."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        return "%s", [self]


def with_values(
    parameters: Iterable[Any], values: Mapping[str, Any], connection: BaseDatabaseWrapper
) -> tuple[Any, ...]:
    """Return a statement's parameters as the database takes them, each Parameter replaced by its value."""
    return tuple(
        parameter.output_field.get_db_prep_value(values[parameter.name], connection)
        if isinstance(parameter, Parameter)
        else parameter
        for parameter in parameters
    )


class PreparedQuery(Generic[Row]):
    """A queryset, built by a function of its parameters, as a function of their values.

    `fields` says of which kind each parameter is. Every connection has its own, so threads share nothing.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any, Row]"], **fields: "type[Field[Any, Any]]") -> None:
        self._build = build
        self._fields = fields
        self._by_connection: WeakKeyDictionary[BaseDatabaseWrapper, _KnownSQL[Row]] = WeakKeyDictionary()

    def __call__(self, **values: Any) -> list[Row]:  # noqa: ANN401  # whatever its field takes
        """Ask the database: one query. Rows are what the queryset gives: models, dicts or tuples."""
        connection = connections[DEFAULT_DB_ALIAS]
        known = self._by_connection.get(connection)
        if known is None:
            known = _KnownSQL(self._queryset(), connection)
            self._by_connection[connection] = known
        return known.rows(values)

    def _queryset(self) -> "QuerySet[Any, Row]":
        return self._build(**{name: Parameter(name, field()) for name, field in self._fields.items()})


class _KnownSQL(Generic[Row]):
    """One queryset on one connection. It answers what Django asks its compiler with what it has kept."""

    def __init__(self, queryset: "QuerySet[Any, Row]", connection: BaseDatabaseWrapper) -> None:
        self._queryset = queryset
        self._connection = connection
        compiler = queryset.query.get_compiler(connection=connection)
        self._sql, self._parameters = compiler.as_sql()
        self._values: dict[str, Any] = {}
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        compiler.get_converters = lambda _: converters
        compiler.as_sql = self._as_sql
        queryset.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]

    def rows(self, values: dict[str, Any]) -> list[Row]:
        self._values = values
        # A queryset that is iterated keeps its rows; its way of making rows from answers does not.
        make_rows: Any = self._queryset._iterable_class
        return list(make_rows(self._queryset))

    def _as_sql(self, *_: object, **__: object) -> tuple[str, tuple[Any, ...]]:
        return self._sql, with_values(self._parameters, self._values, self._connection)
