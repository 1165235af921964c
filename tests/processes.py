"""Real processes of the site for tests: workers, scheduler and web, on the test's database and Redis.

    def test_texts_are_written(site_processes):
        site_processes.start("gpu", "default", "beat")
        ...
        wait_until(lambda: Response.objects.count() == 3)

They see committed rows only, so such a test takes the fixture `site_processes`, which brings a database that
commits. Whatever still runs at the test's end is stopped.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil
from django.conf import settings
from django.db import connection

from resort_site import programs
from resort_site.supervision import LAUNCH

STOPS_WITHIN_S = 20


@dataclass
class SiteProcesses:
    """Starts and ends programs by name: web, gpu, default, beat."""

    redis_url: str
    logs: Path
    port: int = field(default_factory=lambda: free_port())
    extra_environment: Mapping[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, init=False)
    sessions: set[int] = field(default_factory=set, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "resort_site.settings",
            "SITE_MODE": "test",
            "DATA_DIR": str(settings.DATA_DIR),
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.redis_url,
            "REDIS_KEY_PREFIX": settings.KEY_PREFIX,
            "SECRET_KEY": settings.SECRET_KEY,
            **self.extra_environment,
        }

    def start(self, *names: str) -> None:
        """Start programs; they are still starting when this returns."""
        known = {
            program.name: program for program in programs.site_programs(host="127.0.0.1", port=self.port)
        }
        for name in names:
            with (self.logs / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    [sys.executable, "-I", str(LAUNCH), *known[name].command],
                    cwd=settings.BASE_DIR,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            self.sessions.add(self.running[name].pid)

    def stop(self, name: str, number: signal.Signals = signal.SIGTERM) -> float:
        """Send a program a signal and wait for its end; return how many seconds that took."""
        process = self.running.pop(name)
        started = time.monotonic()
        process.send_signal(number)
        process.wait(STOPS_WITHIN_S)
        return time.monotonic() - started

    def kill_amid(self, name: str, at_hand: Callable[[], bool], *, timeout_s: float = 120) -> None:
        """Kill a program while it has work at hand.

        It is halted before the look that counts: a running program may be done when the signal comes.
        """
        process = self.running[name]

        def halted_amid() -> bool:
            if not at_hand():
                return False
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.2)  # What it sent to the database before is done by then.
            if at_hand():
                return True
            process.send_signal(signal.SIGCONT)
            return False

        wait_until(halted_amid, timeout_s=timeout_s)
        self.stop(name, signal.SIGKILL)

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text()

    def end(self) -> None:
        """Kill what still runs, the children of killed parents included."""
        members = [process for process in psutil.process_iter() if _session(process.pid) in self.sessions]
        for member in members:
            member.kill()
        for process in self.running.values():
            process.wait(STOPS_WITHIN_S)
        self.running.clear()


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def wait_until(condition: Callable[[], object], *, timeout_s: float = 60) -> None:
    """Return as soon as the condition holds; fail the test when it never does."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"not so within {timeout_s} s"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """Name the test database, as DATABASE_URL does."""
    database = connection.settings_dict
    name = quote(str(database["NAME"]), safe="/")
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    user, password = quote(database["USER"] or "", safe=""), quote(database["PASSWORD"] or "", safe="")
    account = f"{user}:{password}@" if password else f"{user}@" if user else ""
    return f"postgresql://{account}{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}/{name}"
