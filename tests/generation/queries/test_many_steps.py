"""With 100,000 steps waiting, a claim and a run's page still ask few questions, each through an index."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.domain.queue import claim_batch, give_back, next_lane
from generation.models import Chain, GenerationRun, Post, Step
from generation.queries.run import run_progress, unusable_chains
from tests.generation.runs import make_run

STEPS = 100_000
LARGE = ("generation_step", "generation_chain")

# Every post and chain copied many times over; the database does it in seconds where Django takes a minute.
NUMBERS = {
    "postgresql": "(SELECT generate_series AS n FROM generate_series(1, {count})) AS numbers",
    "sqlite": "(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {count}) "
    "SELECT n FROM up) AS numbers",
}


def copy_rows(table: str, *, where: str, changes: dict[str, str], count: int) -> None:
    """Copy the rows `count` times with some columns changed; `n` is the number of the copy."""
    with connection.cursor() as cursor:
        description = connection.introspection.get_table_description(cursor, table)
        columns = [column.name for column in description if column.name != "id"]
        values = ", ".join(changes.get(name, f'"{table}"."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        numbers = NUMBERS[connection.vendor].format(count=count)
        rows = f'SELECT {values} FROM "{table}", {numbers} WHERE {where}'  # noqa: S608  # our own words only
        cursor.execute(f'INSERT INTO "{table}" ({names}) {rows}')


def run_of_many_steps() -> GenerationRun:
    """Return a run with STEPS waiting first steps, beside a small one."""
    make_run(posts=3)
    run = make_run(posts=1, strategies=["INDV vanilla"])
    chain = Chain.objects.get(run_model__run=run)
    others = STEPS - 1
    copy_rows(
        "generation_post",
        where=f"id = {chain.post_id}",
        changes={"key": "'copy-' || n", "position": "n + 1"},
        count=others,
    )
    first = Post.objects.get(key="copy-1").pk
    copy_rows(
        "generation_chain", where=f"id = {chain.pk}", changes={"post_id": f"{first} + n - 1"}, count=others
    )
    first = Chain.objects.filter(run_model__run=run).exclude(pk=chain.pk).earliest("pk").pk
    copy_rows(
        "generation_step",
        where=f"chain_id = {chain.pk}",
        changes={"chain_id": f"{first} + n - 1"},
        count=others,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return run


def queries_of(call: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured if re.match("SELECT|UPDATE", query["sql"])]


def full_scans(query: str) -> list[str]:
    """Return the lines of the query's plan that read a large table from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + query)
        lines = [str(row[-1]) for row in cursor.fetchall()]
    return [
        line
        for line in lines
        if re.search(rf"(Seq Scan on|SCAN) ({'|'.join(LARGE)})\b", line) and "INDEX" not in line.upper()
    ]


@pytest.mark.django_db(transaction=True)
def test_queries_with_100_000_steps_waiting_are_few_and_use_indexes() -> None:
    run = run_of_many_steps()
    assert Step.objects.filter(run_model__run=run).count() == STEPS
    GenerationRun.objects.filter(pk=run.pk).update(priority=1)

    def claim() -> None:
        lease = claim_batch(next_lane(), worker="w", limit=64)
        assert lease is not None
        assert len(lease.step_ids) == 64
        give_back(lease.token)

    asked = {
        "claim": queries_of(claim),
        "progress": queries_of(lambda: run_progress(run)),
        "attention": queries_of(lambda: unusable_chains(run).count()),
    }

    assert {name: len(queries) for name, queries in asked.items()} == {
        "claim": 5,
        "progress": 4,
        "attention": 1,
    }
    assert {name: [full_scans(query) for query in queries] for name, queries in asked.items()} == {
        name: [[]] * len(queries) for name, queries in asked.items()
    }
