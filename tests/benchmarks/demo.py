"""The demo as a newcomer meets it, after the installation: to Ready, the first item, all texts, and the end.

While texts are being written, a rater's page is fetched every half second: that is what she would feel.
"""

import http.cookiejar
import json
import os
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import psutil

from tests.processes import free_port

GIVES_UP_AFTER_S = 900
WAITING = "SELECT count(*) FROM generation_chain WHERE status = 'active'"
TEXTS = "SELECT count(*), sum(status = 'valid') FROM generation_response WHERE is_final"


def measure() -> dict[str, float | str]:
    with tempfile.TemporaryDirectory(prefix="resort-bench-") as folder:
        started = time.perf_counter()
        demo, url = start_demo(Path(folder))
        try:
            figures = {"ready_s": time.perf_counter() - started, **watch(Path(folder), url)}
            figures["memory_mib"] = memory_mib(demo.pid)
        finally:
            stopping = time.perf_counter()
            demo.send_signal(signal.SIGTERM)
            demo.wait(30)
        figures["stop_s"] = time.perf_counter() - stopping
    return {name: round(value, 2) for name, value in figures.items()}


def start_demo(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    """Return the running demo and its address, once it says that it is ready."""
    # None of what a benchmark runner or a developer may have set: this is a newcomer's machine.
    foreign = ("REDIS_URL", "DATABASE_URL", "SITE_MODE", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment |= {"DATA_DIR": str(data_dir), "PORT": str(free_port())}
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert demo.stdout is not None
    for line in demo.stdout:
        if found := re.match(r"Ready: (http://\S+)/", line):
            return demo, found[1]
    raise RuntimeError(f"the demo ended with {demo.wait()}")


def watch(data_dir: Path, url: str) -> dict[str, float]:
    """Rate nothing, but look: fetch the next item until all texts are written."""
    ready = time.perf_counter()
    browser = signed_in(data_dir, url)
    first_item_s = 0.0
    page_s: list[float] = []
    while count(data_dir, WAITING)[0]:
        began = time.perf_counter()
        with browser.open(f"{url}/rate/example-study/") as response:
            response.read()
        page_s.append(time.perf_counter() - began)
        if not first_item_s and response.url.rstrip("/").rsplit("/", 1)[-1].isdigit():
            first_item_s = time.perf_counter() - ready
        if time.perf_counter() - ready > GIVES_UP_AFTER_S:
            raise RuntimeError(f"texts were still missing after {GIVES_UP_AFTER_S} s")
        time.sleep(0.5)
    written, valid = count(data_dir, TEXTS)
    page_s.sort()
    return {
        "first_item_after_ready_s": first_item_s,
        "all_texts_after_ready_s": time.perf_counter() - ready,
        "texts": written,
        "texts_valid_percent": 100 * valid / written,
        "next_item_median_ms": 1000 * statistics.median(page_s),
        "next_item_p95_ms": 1000 * page_s[int(len(page_s) * 0.95)],
        "next_item_max_ms": 1000 * page_s[-1],
    }


def signed_in(data_dir: Path, url: str) -> urllib.request.OpenerDirector:
    """Return a browser in which the first rater has signed in and consented."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    accounts = json.loads((data_dir / "demo_accounts.json").read_text())
    rater = next(account for account in accounts if account["role"] == "rater")
    submit(browser, f"{url}/accounts/login/", login=rater["email"], password=rater["password"])
    submit(browser, f"{url}/rate/example-study/consent/", answer="agree")
    return browser


def submit(browser: urllib.request.OpenerDirector, url: str, **fields: str) -> None:
    with browser.open(url) as response:
        page = response.read().decode()
    hidden = re.findall(r'type="hidden" name="(csrfmiddlewaretoken|version)" value="([^"]*)"', page)
    body = urllib.parse.urlencode({**dict(hidden), **fields}).encode()
    request = urllib.request.Request(url, body, {"Referer": url})  # noqa: S310  # our own server
    with browser.open(request) as response:
        response.read()


def count(data_dir: Path, query: str) -> tuple[int, ...]:
    with sqlite3.connect(f"file:{data_dir / 'db.sqlite3'}?mode=ro", uri=True) as database:
        row: tuple[int, ...] = database.execute(query).fetchone()
    return row


def memory_mib(pid: int) -> float:
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(process.memory_info().rss for process in family) / 2**20
