"""What the queue, the database and the validation cost, on SQLite and on PostgreSQL, without a model.

BENCH_QUEUE_STEPS and BENCH_QUEUE_WAITING make it smaller.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services import postgresql


def measure() -> dict[str, float | str]:
    figures: dict[str, float | str] = {}
    with tempfile.TemporaryDirectory(prefix="resort-bench-") as folder:
        sqlite = contextlib.nullcontext("")
        for name, database in (("sqlite", sqlite), ("postgresql", postgresql(Path(folder) / "postgresql"))):
            with database as url:
                figures |= {f"{name}_{figure}": value for figure, value in measure_on(url).items()}
    return figures


def measure_on(database_url: str) -> dict[str, float]:
    """Measure in a process of its own: Django keeps one database for a process's life. "" is SQLite."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    if database_url:
        environment["DATABASE_URL"] = database_url
    done = subprocess.run(
        [sys.executable, "-m", "tests.generation.queue_costs"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
