"""Statistics: coefficients with their bootstrap, a study's whole report, and Table 3 from the database.

The bootstrap and the report are of drawn ratings in memory: 227 items rated twice, as in the paper, and
10,000 items rated three times; B = 2,000, over items and over posts; and of a judge asked three times about
each of these items. Table 3 is read from SQLite: 100,000 ratings by 20 raters under 26 conditions, with
BENCH_MILLION=1 also 1,000,000. Peak memory is that of the whole process that reads it. The scores page is
that of 100,000 ratings, through Django's test client. The time of one fixed loop of Python stands beside all
of them: machines change their speed.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from annotation.statistics.alpha import ALPHA_INTERVAL, ALPHA_NOMINAL, ALPHA_ORDINAL
from annotation.statistics.bootstrap import bootstrap_items, bootstrap_posts
from annotation.statistics.judge.report import judge_report
from annotation.statistics.report.study import study_report
from annotation.statistics.study_ratings import StudyRatings
from tests.benchmarks.desk_load import fixed_loop_ms
from tests.benchmarks.statistics_draw import drawn_judge, drawn_ratings, plan_of
from tests.redis_server import RedisServer

SIZES = {"227x2": (227, 2, 4, 29), "10000x3": (10_000, 3, 20, 400)}
B = 2_000
# A snapshot of more takes minutes.
PAGE_AT_MOST = 100_000


def measure() -> dict[str, float | str]:
    figures: dict[str, float | str] = {}
    for name, (items, k, raters, posts) in SIZES.items():
        ratings = drawn_ratings(items=items, k=k, raters=raters, posts=posts, conditions=26, seed=7)
        resample_alphas(ratings)
        figures[f"{name}_fixed_loop_ms"] = round(fixed_loop_ms(), 1)
        figures[f"alpha_{name}_s"] = seconds(partial(resample_alphas, ratings))
        figures[f"report_{name}_s"] = seconds(partial(study_report, ratings, plan_of(ratings, k=k)))
        judge = drawn_judge(ratings, repeats=3, seed=7)
        figures[f"judge_{name}_s"] = seconds(partial(judge_report, ratings, judge, plan_of(ratings, k=k)))
    sizes = [100_000, 1_000_000] if os.environ.get("BENCH_MILLION") else [100_000]
    return figures | {name: value for size in sizes for name, value in table_figures(size).items()}


def resample_alphas(ratings: StudyRatings) -> None:
    """Compute every criterion's alphas with both of their intervals."""
    for criterion, scale in enumerate(ratings.scales):
        levels = [ALPHA_ORDINAL, ALPHA_INTERVAL] if scale.is_ordinal else [ALPHA_NOMINAL]
        for bootstrap in (bootstrap_items, bootstrap_posts):
            bootstrap(ratings.observations(criterion), levels, seed=7, n_resamples=B)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 3)


@contextmanager
def redis_url() -> Iterator[str]:
    """Run a Redis, which the pages keep what they asked for in."""
    with tempfile.TemporaryDirectory(prefix="resort-redis-") as folder:
        server = RedisServer(Path(folder))
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


def table_figures(n_ratings: int) -> dict[str, float]:
    """Fill a database of its own and read Table 3 from it, each in a process of its own."""
    foreign = ("REDIS_URL", "DATABASE_URL", "SITE_MODE", "DJANGO_SETTINGS_MODULE", "SECRET_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment["DJANGO_SETTINGS_MODULE"] = "resort_site.settings"
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="resort-statistics-") as folder, redis_url() as url:
        for step in ("fill", "read", "page") if n_ratings <= PAGE_AT_MOST else ("fill", "read"):
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.statistics_site", step, str(n_ratings)],
                env={**environment, "DATA_DIR": folder, "REDIS_URL": url},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            figures |= json.loads(done.stdout.splitlines()[-1])
    return {f"{n_ratings}_ratings_{name}": value for name, value in figures.items()}
