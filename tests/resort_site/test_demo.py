"""One demo from start to stop, as a process; what happens to it is told in the order it happens.

One test for the whole story, because each start takes seconds.
"""

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from generation.model_store import FOLDER
from tests.processes import free_port, wait_until


@dataclass
class Demo:
    """`manage.py demo` on a data folder, with what it printed in a file."""

    data_dir: Path
    port: int

    def environment(self) -> dict[str, str]:
        names = ("PATH", "HOME", "LANG", "TMPDIR")
        inherited = {name: os.environ[name] for name in names if name in os.environ}
        return {**inherited, "DATA_DIR": str(self.data_dir), "PORT": str(self.port)}

    def start(self) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=settings.BASE_DIR,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> Path:
        return self.data_dir.with_suffix(".txt")

    def is_ready(self) -> bool:
        return f"Ready: http://127.0.0.1:{self.port}/\n" in self.output.read_text()

    def refused_line(self, **environment: str) -> tuple[int, str]:
        """Start another one that cannot go on; return its exit status and what it printed."""
        run = subprocess.run(
            [sys.executable, "manage.py", "demo"],
            cwd=settings.BASE_DIR,
            env={**self.environment(), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return run.returncode, run.stdout + run.stderr


@pytest.fixture
def demo(small_model: Path, tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "data", free_port())
    models = demo.data_dir / "models"
    models.mkdir(parents=True)
    (models / FOLDER).symlink_to(small_model)
    yield demo
    for process in psutil.process_iter():
        if str(demo.data_dir) in environment_of(process):
            process.kill()


def environment_of(process: psutil.Process) -> str:
    try:
        return process.environ().get("DATA_DIR", "")
    except psutil.Error:
        return ""


def health(demo: Demo) -> dict[str, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/health/", timeout=10) as response:
        return dict(json.load(response))


def program(process: psutil.Process, word: str) -> psutil.Process:
    """Find the supervised program whose command line has this word."""
    supervisor = process.children()[0]
    return next(child for child in supervisor.children() if word in " ".join(child.cmdline()))


@pytest.mark.flow
@pytest.mark.skipif(sys.platform != "linux", reason="follows orphans as Linux does")
def test_demo_starts_mends_stops_and_starts_again(demo: Demo) -> None:
    process = demo.start()
    wait_until(lambda: demo.is_ready() or process.poll() is not None, timeout_s=120)

    accounts = json.loads((demo.data_dir / "demo_accounts.json").read_text())
    printed = demo.output.read_text()
    assert health(demo) == {"status": "ok", "database": "ok", "redis": "ok"}
    assert [account["role"] for account in accounts] == ["manager", "researcher", "rater", "rater"]
    assert all(account["email"] in printed and account["password"] in printed for account in accounts)
    assert stat.S_IMODE((demo.data_dir / "demo_accounts.json").stat().st_mode) == 0o600

    same_data = demo.refused_line(PORT=str(free_port()))
    same_port = demo.refused_line(DATA_DIR=str(demo.data_dir.with_name("other")))
    assert same_data == (
        1,
        f"CommandError: Another demo (process {process.pid}) uses {demo.data_dir}: "
        "stop it, or choose another DATA_DIR.\n",
    )
    assert same_port == (
        1,
        f"CommandError: Port {demo.port} of 127.0.0.1 cannot be had (Address already in use); "
        "choose another: make demo PORT=...\n",
    )

    tree = psutil.Process(process.pid)
    web = program(tree, "granian")
    web_children = web.children()
    web.kill()
    wait_until(lambda: not any(child.is_running() for child in web_children))
    wait_until(lambda: answers(demo))
    assert program(tree, "granian").pid != web.pid

    family = tree.children(recursive=True)
    process.kill()
    process.wait()
    wait_until(lambda: not any(member.is_running() for member in family), timeout_s=30)
    demo.output.unlink()

    again = demo.start()
    wait_until(lambda: demo.is_ready() or again.poll() is not None, timeout_s=120)
    family = psutil.Process(again.pid).children(recursive=True)
    started = time.monotonic()
    again.send_signal(signal.SIGTERM)
    assert again.wait(30) == 0
    assert time.monotonic() - started < 12
    assert not any(member.is_running() for member in family)
    assert demo.output.read_text().endswith("Stopped.\n")
    assert json.loads((demo.data_dir / "demo_accounts.json").read_text()) == accounts


def answers(demo: Demo) -> bool:
    try:
        return health(demo)["status"] == "ok"
    except OSError:
        return False
