"""Programs under supervisord: started in order, restarted when they die, stopped together."""

import shlex
import subprocess
import sys
import xmlrpc.client
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from supervisor.xmlrpc import SupervisorTransport

LAUNCH = Path(__file__).with_name("launch.py")
# What a program gets to end by itself before it is killed. All of a tier end at once and the tiers one
# after the other, each with a second of supervisord's own: together below the ten seconds promised.
STOP_WAIT_S = {1: 2, 2: 5}


@dataclass(frozen=True)
class Program:
    """What to keep running. Tier 1 is started first and stopped last; a higher nice yields the processor."""

    name: str
    command: Sequence[str]
    tier: int
    nice: int = 0


def render_config(programs: Sequence[Program], *, directory: Path, socket: Path) -> str:
    """Return supervisord's configuration: programs run in `directory`, logs go to logs/ beside it.

    Logs have relative names, because supervisord expands those twice, so that no escape holds.
    """
    sections = [
        "[supervisord]\nnodaemon=true\nsilent=true\numask=077\nlogfile=logs/supervisord.log\n"
        "logfile_maxbytes=1MB\nlogfile_backups=1\npidfile=supervisord.pid\n",
        f"[unix_http_server]\nfile={_value(socket)}\nchmod=0700\n",
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
    ]
    for tier in sorted({program.tier for program in programs}):
        members = [program for program in programs if program.tier == tier]
        names = ",".join(program.name for program in members)
        sections.append(f"[group:tier{tier}]\nprograms={names}\npriority={tier}\n")
        sections += [_render_program(program, directory) for program in members]
    return "\n".join(sections)


def _render_program(program: Program, directory: Path) -> str:
    launched = [sys.executable, "-I", str(LAUNCH), "--nice", str(program.nice), *program.command]
    return (
        f"[program:{program.name}]\ncommand={_value(shlex.join(launched))}\ndirectory={_value(directory)}\n"
        "autorestart=true\nstartsecs=2\nstartretries=3\n"
        # A pool's main process passes the signal on itself; only the kill goes to all of them.
        f"stopsignal=TERM\nstopwaitsecs={STOP_WAIT_S[program.tier]}\nkillasgroup=true\n"
        f"redirect_stderr=true\nstdout_logfile=logs/{program.name}.log\n"
        "stdout_logfile_maxbytes=5MB\nstdout_logfile_backups=2\n"
    )


def _value(text: object) -> str:
    """Escape what supervisord would expand."""
    return str(text).replace("%", "%%")


class Supervisor:
    """A running supervisord, asked and told over its Unix socket."""

    def __init__(self, *, config: Path, socket: Path, lock: IO[str]) -> None:
        """Start it in a session of its own, where a terminal's Ctrl-C does not reach it: stop() ends it.

        It gets the locked file as its input, which it does not close: so the lock lasts as long as it does.
        """
        self._socket = socket
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-I",
                str(LAUNCH),
                sys.executable,
                "-m",
                "supervisor.supervisord",
                "-c",
                str(config),
            ],
            stdin=lock,
            stdout=subprocess.DEVNULL,
            cwd=config.parent,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def failed_programs(self) -> list[str]:
        """Name the programs that supervisord gave up after several tries; none while it cannot be asked."""
        try:
            states: Any = self._remote().getAllProcessInfo()
        except (OSError, HTTPException, xmlrpc.client.Error):
            return []
        return [state["name"] for state in states if state["statename"] == "FATAL"]

    def start_again(self, program: Program) -> None:
        """Let supervisord try a program anew that it gave up."""
        with suppress(OSError, HTTPException, xmlrpc.client.Error):
            self._remote().startProcess(f"tier{program.tier}:{program.name}", False)

    def _remote(self) -> Any:  # noqa: ANN401 - methods of a remote object
        # A connection each: supervisor's transport cannot be used again after a refused one.
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def stop(self, *, timeout_s: float) -> None:
        """Stop the programs and supervisord; whatever is left after the time is for the caller to kill."""
        if not self.is_running():
            return
        self._process.terminate()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
