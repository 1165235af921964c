"""Print the desk's figures on the database of the settings: `python -m tests.benchmarks.desk_site sqlite`."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from resort_site.programs import web_command  # noqa: E402
from resort_site.supervision import LAUNCH  # noqa: E402
from tests.benchmarks.desk_browser import browser_figures  # noqa: E402
from tests.benchmarks.desk_load import (  # noqa: E402
    RaterClient,
    fixed_loop_ms,
    load_figures,
    run_all,
    time_alone,
)
from tests.benchmarks.desk_study import kept_figures, make_big_study, session_of  # noqa: E402
from tests.benchmarks.startup import answers, memory_mib  # noqa: E402
from tests.processes import free_port, wait_until  # noqa: E402
from tests.redis_server import RedisServer  # noqa: E402

SECONDS = float(os.environ.get("BENCH_DESK_SECONDS", "60"))
ITEMS = int(os.environ.get("BENCH_DESK_ITEMS", "10000"))
PACE_S = 2.0


def main(kind: str) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    study, figures = make_big_study(items=ITEMS, raters=50 if kind == "postgresql" else 20)
    raters = [
        session_of(member.user) for member in study.memberships.filter(role="rater").select_related("user")
    ]
    connection.close()
    with web_server() as (port, pid):

        def clients(count: int, *, keeps_connection: bool = True) -> list[RaterClient]:
            return [
                RaterClient(port, cookie, study.slug, keeps_connection=keeps_connection)
                for cookie in raters[:count]
            ]

        if kind == "postgresql":
            figures |= load("50_raters", clients(50), seconds=SECONDS, pace_s=PACE_S)
        else:
            figures["fixed_loop_ms"] = fixed_loop_ms()
            figures |= time_alone(clients(1)[0])
            figures |= browser_figures(f"http://127.0.0.1:{port}/rate/{study.slug}/", raters[-1])
            figures |= load("10_raters", clients(10), seconds=SECONDS, pace_s=PACE_S)
            eight = clients(8, keeps_connection=False)
            figures |= load("8_at_once", eight, seconds=SECONDS / 3, pace_s=0)
        figures["web_memory_mib"] = memory_mib(pid)
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


def load(name: str, clients: list[RaterClient], *, seconds: float, pace_s: float) -> dict[str, float]:
    """Let the clients rate for so long; say how it went, and what the database has of it."""
    loop_ms = fixed_loop_ms()
    run_all(clients, seconds=seconds, pace_s=pace_s)
    kept = kept_figures([submission for client in clients for submission in client.acknowledged])
    connection.close()
    figures = load_figures(clients, seconds) | kept | {"fixed_loop_ms": loop_ms}
    return {f"{name}_{figure}": value for figure, value in figures.items()}


@contextlib.contextmanager
def web_server() -> Iterator[tuple[int, int]]:
    """Run the site's web server and Redis as the demo does; yield the server's port and process."""
    redis = RedisServer(Path(settings.DATA_DIR))
    redis.start()
    port = free_port()
    log = Path(settings.DATA_DIR) / "web.log"
    with log.open("ab") as output:
        server = subprocess.Popen(
            [sys.executable, "-I", str(LAUNCH), *web_command("127.0.0.1", port)],
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: answers(port))
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)
        redis.stop()
        if complaints := [line for line in log.read_text().splitlines() if " ERROR " in line]:
            print(*complaints[:5], sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
