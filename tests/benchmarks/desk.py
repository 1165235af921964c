"""The rating desk: how fast it answers, how much it sends, and whether it keeps every rating, k and no more.

10,000 items, four conditions, texts of 250 words; on the production web server, as the demo runs it. On
SQLite with `synchronous=FULL`: one rater alone, ten at a rater's pace, eight clients without pauses. On
PostgreSQL: fifty at a rater's pace. A pace is one submit every two seconds and a draft every 0.7 s between.
BENCH_DESK_SECONDS makes the loads shorter, BENCH_DESK_ITEMS the study smaller.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.services import postgresql


def measure() -> dict[str, float | str]:
    figures: dict[str, float | str] = {}
    with tempfile.TemporaryDirectory(prefix="resort-desk-") as folder:
        for name, database in (
            ("sqlite", contextlib.nullcontext("")),
            ("postgresql", database_in(Path(folder))),
        ):
            with database as url:
                figures |= {
                    f"{name}_{figure}": value
                    for figure, value in measure_on(url, name, Path(folder) / name).items()
                }
    return figures


@contextlib.contextmanager
def database_in(folder: Path) -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL database, which goes afterwards."""
    with postgresql(folder / "server") as url:
        server, name = url.rpartition("/")[0], f"resort_desk_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            try:
                yield f"{server}/{name}"
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure_on(database_url: str, kind: str, data_dir: Path) -> dict[str, float]:
    """Measure in a process of its own, on a site of its own. "" is SQLite."""
    foreign = ("REDIS_URL", "DATABASE_URL", "SITE_MODE", "DJANGO_SETTINGS_MODULE", "SECRET_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment |= {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "resort_site.settings"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    data_dir.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.desk_site", kind],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
