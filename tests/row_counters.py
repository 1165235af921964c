"""The counters that give new rows their ids."""

from django.db import connection, models


def count_from(model: type[models.Model], first: int) -> None:
    """Let the next row of a table have this id."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [table, first])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first - 1])


def count_on(table: str) -> None:
    """Let a table's next row have an id of its own after rows were put in with theirs.

    SQLite sees to that by itself; PostgreSQL's counter does not know of an id that it did not give.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            last = f"SELECT max(id) FROM {connection.ops.quote_name(table)}"  # noqa: S608
            cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), ({last}))", [table])
