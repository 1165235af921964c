"""Everything that a run depends on fails once while 200 texts are written; 200 texts come, each once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings

from tests.postgres_server import PostgresServer, find_programs
from tests.processes import SiteProcesses, wait_until
from tests.redis_server import RedisServer

pytestmark = [pytest.mark.timeout(900), pytest.mark.services]

TEXTS = 200
RESPONSES = "SELECT count(*) FROM generation_response WHERE is_final"
CHAINS = "SELECT status, count(*) FROM generation_chain GROUP BY status"
DOUBLED = "SELECT chain_id FROM generation_response GROUP BY chain_id HAVING count(*) > 1"
MAKE_RUN = f"""
import django; django.setup()
from tests.generation.runs import make_run
make_run(posts={TEXTS}, strategies=["INDV vanilla"])
"""


@pytest.fixture
def postgres_server(tmp_path: Path) -> Iterator[PostgresServer]:
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed here.")
    # pg_ctl runs as another user, who may not look into pytest's own folders.
    folder = Path(settings.DATA_DIR) / f"postgres-{tmp_path.name}"
    settings.DATA_DIR.chmod(0o711)
    server = PostgresServer(folder, programs)
    server.create()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def site(postgres_server: PostgresServer, own_redis: RedisServer, tmp_path: Path) -> Iterator[SiteProcesses]:
    """Workers on a PostgreSQL and a Redis that may be harmed: both belong to this test."""
    processes = SiteProcesses(
        own_redis.url,
        tmp_path,
        extra_environment={
            "DATABASE_URL": f"{postgres_server.url}/resort",
            "GENERATION_LEASE_S": "6",
            "GENERATION_BATCH_SIZE": "8",
        },
    )
    with psycopg.connect(f"{postgres_server.url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE resort")
    for command in (["manage.py", "migrate", "--verbosity", "0"], ["-c", MAKE_RUN]):
        subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env={**os.environ, **processes.environment},
            check=True,
        )
    yield processes
    processes.end()


def test_run_of_200_texts_survives_a_failure_of_each_part(
    site: SiteProcesses, postgres_server: PostgresServer, own_redis: RedisServer, model_in_data_dir: Path
) -> None:
    def ask(query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(f"{postgres_server.url}/resort") as connection:
            return connection.execute(query).fetchall()

    def written() -> int:
        return int(str(ask(RESPONSES)[0][0]))

    def kill_worker() -> None:
        site.stop("gpu", signal.SIGKILL)
        site.start("gpu")

    def flush_redis() -> None:
        with redis.Redis.from_url(own_redis.url) as client:
            client.flushall()

    def restart_redis() -> None:
        own_redis.stop(signal.SIGKILL)
        own_redis.start()

    def restart_database() -> None:
        postgres_server.stop()
        postgres_server.start()

    failures: list[Callable[[], None]] = [kill_worker, flush_redis, restart_redis, restart_database]
    site.start("gpu", "default", "beat")
    harmed_at = []

    for number, fail in enumerate(failures, start=1):
        wait_until(lambda due=number * 30: written() >= due, timeout_s=240)
        harmed_at.append(written())
        fail()
    wait_until(lambda: written() == TEXTS, timeout_s=300)

    assert max(harmed_at) < TEXTS, "every failure came in the middle of the run"
    assert ask(CHAINS) == [("done", TEXTS)]
    assert ask(DOUBLED) == []
