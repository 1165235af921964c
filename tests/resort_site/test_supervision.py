import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from resort_site import supervision
from resort_site.supervision import Program, Supervisor, render_config
from tests.processes import wait_until

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")
DEAF = (sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)")


@contextmanager
def supervised(folder: Path, *programs: Program) -> Iterator[Supervisor]:
    (folder / "logs").mkdir()
    config, socket = folder / "supervisord.conf", folder / "rpc"
    config.write_text(render_config(programs, directory=folder, socket=socket))
    with (folder / "lock").open("w+") as lock:
        supervisor = Supervisor(config=config, socket=socket, lock=lock)
        try:
            yield supervisor
        finally:
            supervisor.stop(timeout_s=20)


def members(supervisor: Supervisor) -> list[psutil.Process]:
    return psutil.Process(supervisor.pid).children(recursive=True)


def test_killed_program_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, Program("web", SLEEP, tier=2)) as supervisor:
        wait_until(lambda: members(supervisor))
        first = members(supervisor)[0]

        time.sleep(0.5)
        first.kill()

        wait_until(lambda: [each.pid for each in members(supervisor)] not in ([], [first.pid]))


def test_program_that_cannot_start_is_named(tmp_path: Path) -> None:
    broken = Program("gpu", (sys.executable, "-c", "raise SystemExit('no')"), tier=2)

    with supervised(tmp_path, Program("web", SLEEP, tier=2), broken) as supervisor:
        wait_until(lambda: supervisor.failed_programs() == ["gpu"])

    assert (tmp_path / "logs" / "gpu.log").read_text().startswith("no\n")


def test_stop_ends_also_what_ignores_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "STOP_WAIT_S", {1: 1, 2: 1})
    programs = [Program("redis", DEAF, tier=1), Program("web", DEAF, tier=2), Program("gpu", DEAF, tier=2)]
    with supervised(tmp_path, *programs) as supervisor:
        wait_until(lambda: len(members(supervisor)) == len(programs))
        started = members(supervisor)
        time.sleep(0.5)

    assert not any(process.is_running() for process in started)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_programs_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    with supervised(tmp_path, Program("web", SLEEP, tier=2)) as supervisor:
        wait_until(lambda: members(supervisor))
        time.sleep(0.5)
        web = members(supervisor)[0]

        psutil.Process(supervisor.pid).kill()

        wait_until(lambda: not web.is_running() or web.status() == psutil.STATUS_ZOMBIE)


def test_config_keeps_odd_characters_of_a_command(tmp_path: Path) -> None:
    (tmp_path / "100% sure").mkdir()
    program = Program("web", (sys.executable, "-c", "print('a b', '50%')"), tier=2)

    with supervised(tmp_path / "100% sure", program):
        log = tmp_path / "100% sure" / "logs" / "web.log"
        wait_until(lambda: log.exists() and "a b 50%" in log.read_text())


def test_launch_lowers_the_priority() -> None:
    launch = Path(render_config.__code__.co_filename).with_name("launch.py")
    asked = [
        sys.executable,
        "-I",
        str(launch),
        "--nice",
        "7",
        sys.executable,
        "-c",
        "import os; print(os.nice(0))",
    ]

    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "7\n"
