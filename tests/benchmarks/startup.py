"""How long programs take to start, and how fast and large the web process is that answers the health page."""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import psutil

from tests.processes import SiteProcesses, wait_until
from tests.redis_server import RedisServer

REQUESTS = 300


def measure() -> dict[str, float | str]:
    django.setup()
    return {"manage_py_check_s": round(time_of_check(), 2), **web_figures()}


def time_of_check() -> float:
    """Return the median of three runs of a command that loads everything and does next to nothing."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "manage.py", "check"],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "resort_site.settings"},
            check=True,
            capture_output=True,
        )
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def web_figures() -> dict[str, float | str]:
    with tempfile.TemporaryDirectory(prefix="resort-bench-") as folder:
        server = RedisServer(Path(folder) / "redis")
        server.start()
        site = SiteProcesses(server.url, Path(folder))
        try:
            started = time.perf_counter()
            site.start("web")
            wait_until(lambda: answers(site.port))
            start_s = time.perf_counter() - started
            times = sorted(time_of_health(site.port) for _ in range(REQUESTS))
            memory = memory_mib(site.running["web"].pid)
        finally:
            site.end()
            server.stop()
    return {
        "web_start_s": round(start_s, 2),
        "health_median_ms": round(times[len(times) // 2] * 1000, 2),
        "health_p95_ms": round(times[int(len(times) * 0.95)] * 1000, 2),
        "web_memory_mib": round(memory, 1),
    }


def answers(port: int) -> bool:
    try:
        time_of_health(port)
    except OSError:
        return False
    return True


def time_of_health(port: int) -> float:
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/health/")
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 200, response.status
    return time.perf_counter() - started


def memory_mib(pid: int) -> float:
    """Sum the memory of a process and its children; pages that several share count once, in parts (PSS)."""
    root = psutil.Process(pid)
    return sum(process.memory_full_info().pss for process in [root, *root.children(recursive=True)]) / 2**20
