"""Run the suite on PostgreSQL and Redis: `python -m tests.services [PYTEST ARGUMENT ...]`.

Each service is the one its variable names (DATABASE_URL, REDIS_URL), else one that answers on the standard
local port, in a database and key space of our own there, else one started for the run and ended with it.
Local models know no database: `make test` has their tests.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import redis

from tests import postgres_server
from tests.redis_server import RedisServer

RUN = uuid.uuid4().hex[:8]
WITHOUT_DATABASE = "tests/generation/backends/test_transformers_*"
LOCAL_REDIS = "redis://127.0.0.1:6379"


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Yield the URL of a database that need not exist: Django makes `test_` plus its name."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    for user in ("postgres", os.environ.get("USER", "root")):
        url = f"postgresql://{user}@127.0.0.1:5432"
        if can_create_databases(url):
            yield f"{url}/resort_{RUN}"
            return
    with postgres_server.running(folder) as url:
        yield f"{url}/resort_{RUN}"


def can_create_databases(url: str) -> bool:
    try:
        with psycopg.connect(f"{url}/postgres", connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


@contextlib.contextmanager
def redis_service(folder: Path) -> Iterator[str]:
    """Yield the URL of a Redis; on one that serves others too, of an empty database of it."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    if url := empty_local_database():
        yield url
        return
    server = RedisServer(folder)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def empty_local_database() -> str:
    """Find a numbered database without keys on the local Redis; "" where none answers or is empty."""
    for number in range(15, 0, -1):
        try:
            with redis.Redis.from_url(f"{LOCAL_REDIS}/{number}", socket_timeout=2) as client:
                if client.dbsize() == 0:
                    return f"{LOCAL_REDIS}/{number}"
        except redis.RedisError:
            return ""
    return ""


def main(arguments: list[str]) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="resort-services-") as folder,
        postgresql(Path(folder) / "postgresql") as database_url,
        redis_service(Path(folder) / "redis") as redis_url,
    ):
        for service, url in (("PostgreSQL", database_url), ("Redis", redis_url)):
            print(
                f"{service}: {url.rpartition('@')[2].rpartition('//')[2]}", flush=True
            )  # without a password
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "REDIS_KEY_PREFIX": f"resort-test-{RUN}",
        }
        return subprocess.run(
            [sys.executable, "-m", "pytest", f"--ignore-glob={WITHOUT_DATABASE}", *arguments],
            env=environment,
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
