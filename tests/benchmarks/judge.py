"""A judge's replies: 200,000 of them counted, and imported beside their texts, from a drawn release on disk.

The release has the paper's shape: eight strategies, three models, six dimensions, four criteria. Its texts
are in the database before the clock starts. Peak memory is that of the whole process; how much of it is the
texts, which an import knows by place and hash, is a figure of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.judge_draw import draw_release

REPLIES, SMALL_REPLIES = 200_000, 20_000
STEPS = ("texts", "count", "know", "import")


def measure() -> dict[str, float | str]:
    return {
        f"{n}_replies_{name}": value
        for n in (SMALL_REPLIES, REPLIES)
        for name, value in figures_of(n).items()
    }


def figures_of(n_replies: int) -> dict[str, float]:
    """Draw a release, and read it into a database of its own, each step in a process of its own."""
    foreign = ("REDIS_URL", "DATABASE_URL", "SITE_MODE", "DJANGO_SETTINGS_MODULE", "SECRET_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment["DJANGO_SETTINGS_MODULE"] = "resort_site.settings"
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="resort-judge-") as folder:
        release = Path(folder) / "release"
        draw_release(release, n_replies=n_replies, seed=7)
        for step in STEPS:
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.judge_site", step, str(release)],
                env={**environment, "DATA_DIR": folder},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            figures |= json.loads(done.stdout.splitlines()[-1])
    return figures
