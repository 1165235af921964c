"""Raters as load: each goes from item to item as the desk's script does, and keeps what was acknowledged."""

import gzip
import html
import http.client
import json
import re
import statistics
import sys
import threading
import time
import urllib.parse
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

ALONE_ITEMS = 60
DRAFT_EVERY_S = 0.7
RATIONALE = "It names what the poster can and cannot change, and asks her to look at one of them first. "


@dataclass
class RaterClient:
    """One rater's browser without a screen."""

    port: int
    session: str
    slug: str
    keeps_connection: bool = True
    acknowledged: list[str] = field(default_factory=list)
    submit_s: list[float] = field(default_factory=list)
    draft_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    connection: http.client.HTTPConnection | None = field(default=None, init=False)
    token: str = field(default="", init=False)
    path: str = field(default="", init=False)
    submission: str = field(default="", init=False)

    def open_item(self) -> None:
        """Open the next item as a page."""
        self.path = f"/rate/{self.slug}/"
        while True:
            status, headers, body = self.ask("GET", self.path)
            if status not in {302, 303}:
                break
            self.path = headers["Location"]
        if status != 200:
            raise RuntimeError(f"{self.path} answered {status}")
        self.read(body)

    def read(self, page: str) -> None:
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page):
            self.token = found[1]
        # Known by its own form: other forms come first in some pages.
        self.submission = re.search(r'name="submission" value="([^"]+)"', page)[1]

    def fields(self) -> dict[str, str]:
        return {
            "submission": self.submission,
            "base": "0",
            "known": "",
            "score_alignment": "8",
            "rationale_alignment": RATIONALE,
            "score_empathy": "4",
            "rationale_empathy": "",
            "score_harmfulness": "1",
            "rationale_harmfulness": "",
            "score_factuality": "1",
            "rationale_factuality": "",
            "spans": json.dumps([{"number": 1, "seconds": 1.5, "ago": 0}]),
        }

    def draft(self, sequence: int) -> None:
        fields = self.fields() | {"window": self.submission, "sequence": str(sequence)}
        began = time.perf_counter()
        status, _, body = self.ask("POST", f"{self.path}draft/", fields)
        self.draft_s.append(time.perf_counter() - began)
        if status != 200:
            self.complain("draft", status, body)

    def submit(self) -> bool:
        """Hand in the item and take the next one from the answer; False when there is none."""
        sent = self.submission
        began = time.perf_counter()
        status, headers, body = self.ask("POST", self.path, self.fields())
        self.submit_s.append(time.perf_counter() - began)
        if status in {200, 204}:
            self.acknowledged.append(sent)
        if status != 200:
            self.complain("submit", status, body)
            return False
        self.path = headers["X-Desk-Url"]
        self.read(body)
        return True

    def complain(self, what: str, status: int, body: str) -> None:
        self.errors.append(f"{what} {self.path}: {status} {html.unescape(body)[:200]}")

    def ask(
        self, method: str, path: str, fields: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, str]:
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={self.cookie}", "Accept-Encoding": "gzip"}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers |= {
                "X-Desk": "1",
                "X-CSRFToken": self.token,
                "Content-Type": "application/x-www-form-urlencoded",
            }
        if self.connection is None or not self.keeps_connection:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        if not self.keeps_connection:
            self.connection.close()
        if response.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return response.status, response.headers, content.decode()

    # The cookie may be any secret of 32 letters: what is sent must only belong to it.
    cookie: str = field(default_factory=lambda: uuid.uuid4().hex)


def time_alone(client: RaterClient) -> dict[str, float]:
    """Return what one rater waits for when nobody else is there, in medians over the wire of one machine."""
    client.open_item()
    page_s = []
    for _ in range(ALONE_ITEMS):
        client.draft(1)
        client.submit()
        began = time.perf_counter()
        status, _, body = client.ask("GET", client.path)
        page_s.append(time.perf_counter() - began)
        assert status == 200, status
        client.read(body)
    assert client.errors == [], client.errors[0]
    return {
        "submit_and_next_median_ms": 1000 * statistics.median(client.submit_s),
        "next_page_median_ms": 1000 * statistics.median(page_s),
        "draft_median_ms": 1000 * statistics.median(client.draft_s),
    }


def run_all(clients: Sequence[RaterClient], *, seconds: float, pace_s: float) -> None:
    """Let all rate at once for so long; with a pace, one submit in that time each, and drafts between."""
    for client in clients:
        client.open_item()
    ready = threading.Barrier(len(clients))

    def rate(client: RaterClient, number: int) -> None:
        ready.wait()
        ends = time.monotonic() + seconds
        # Raters do not begin in the same instant.
        due = time.monotonic() + pace_s * number / len(clients)
        try:
            while time.monotonic() < ends:
                rest(due)
                for sequence in range(1, int(pace_s / DRAFT_EVERY_S) + 1):
                    client.draft(sequence)
                    rest(due + sequence * DRAFT_EVERY_S)
                if not client.submit():
                    return
                due += pace_s
        except (OSError, http.client.HTTPException, RuntimeError, TypeError) as error:
            client.errors.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=rate, args=(client, n)) for n, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in [error for client in clients for error in client.errors][:3]:
        print(error, file=sys.stderr)


def fixed_loop_ms() -> float:
    """Return the processor time of one fixed piece of Python: how fast this machine is at the moment.

    Shared machines change their speed twofold within minutes; figures of one run are told beside it.
    """
    times = []
    for _ in range(5):
        began = time.process_time()
        lists: dict[str, list[int]] = {}
        for number in range(4000):
            lists[str(number)] = [number]
            lists.get(str(number - 1))
        times.append(1000 * (time.process_time() - began))
    return statistics.median(times)


def rest(until: float) -> None:
    time.sleep(max(0, until - time.monotonic()))


def load_figures(clients: Sequence[RaterClient], seconds: float) -> dict[str, float]:
    submit_s = sorted(time_s for client in clients for time_s in client.submit_s)
    draft_s = sorted(time_s for client in clients for time_s in client.draft_s)
    figures = {
        "ratings_per_s": sum(len(client.acknowledged) for client in clients) / seconds,
        "submit_median_ms": 1000 * statistics.median(submit_s),
        "submit_p95_ms": 1000 * submit_s[int(len(submit_s) * 0.95)],
        "submit_max_ms": 1000 * submit_s[-1],
        "errors": sum(len(client.errors) for client in clients),
    }
    if draft_s:
        figures["draft_p95_ms"] = 1000 * draft_s[int(len(draft_s) * 0.95)]
        figures["drafts_per_s"] = len(draft_s) / seconds
    return figures
