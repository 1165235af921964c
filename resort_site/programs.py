"""The programs that make up the site: what the demo supervises, and what a unit file would start."""

import sys
from collections.abc import Sequence
from pathlib import Path

from resort_site.supervision import Program

# Nothing waits for the texts in the way a rater waits for a page, so on a CPU the model yields to the web.
NICE_WITHOUT_GPU = 10


def site_programs(*, host: str, port: int) -> list[Program]:
    return [
        Program("web", web_command(host, port), tier=2),
        Program("gpu", gpu_worker_command(), tier=2, nice=0 if has_nvidia_gpu() else NICE_WITHOUT_GPU),
        Program("default", default_worker_command(), tier=2),
        Program("beat", beat_command(), tier=2),
    ]


def redis_program(command: Sequence[str]) -> Program:
    return Program("redis", command, tier=1)


def web_command(host: str, port: int) -> list[str]:
    """Two processes, because Python runs one thread at a time; their threads wait for the database."""
    options = ["--interface", "wsgi", "--http", "1", "--no-ws", "--workers", "2", "--blocking-threads", "4"]
    # A request still running after four seconds of a stop is cut off; its transaction rolls back.
    stop = ["--workers-kill-timeout", "4"]
    return _python(
        "granian", *options, *stop, "--host", host, "--port", str(port), "resort_site.wsgi:application"
    )


def gpu_worker_command() -> list[str]:
    """One process that holds the model: CUDA does not survive a fork, so no pool."""
    return _worker("gpu", "--pool", "solo", "--concurrency", "1", "--disable-prefetch")


def default_worker_command() -> list[str]:
    """Two processes, so that a long export does not hold up the sweeper; each is replaced now and then."""
    return _worker("default", "--pool", "prefork", "--concurrency", "2", "--max-tasks-per-child", "500")


def beat_command() -> list[str]:
    return _celery("beat", "--pidfile", "")


def has_nvidia_gpu() -> bool:
    """Look for the device; asking torch would take seconds and two hundred megabytes."""
    return Path("/dev/nvidia0").exists()


def _worker(queue: str, *options: str) -> list[str]:
    # Without gossip and mingle: workers need to know nothing of each other.
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return _celery("worker", "--queues", queue, "--hostname", f"{queue}@%h", *options, *quiet)


def _celery(*arguments: str) -> list[str]:
    return _python("celery", "--app", "resort_site", "--quiet", *arguments)


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
