"""A PostgreSQL of the tests' own, installed first where that is possible."""

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import free_port

# initdb and postgres refuse to run as root; Debian's package makes this user.
OWNER = "postgres"


@dataclass
class PostgresServer:
    """A server on a loopback port with its data in a folder; it may be stopped and started again."""

    folder: Path
    programs: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def url(self) -> str:
        """Return the server's URL without a database's name."""
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}"

    def create(self) -> None:
        """Make the folder and an empty cluster in it."""
        password_file = self.folder / "password"
        self.folder.mkdir(parents=True)
        password_file.write_text(self.password)
        if self._owner:
            self.folder.parent.chmod(0o711)
            for path in (self.folder, password_file):
                shutil.chown(path, self._owner)
        secured = ("--auth", "scram-sha-256", "--pwfile", str(password_file))
        self._run("initdb", "--username", OWNER, "--encoding", "UTF8", "--no-sync", *secured)

    def start(self) -> None:
        listens = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories=''"
        log = ("--log", str(self.folder / "log"))
        self._run("pg_ctl", *log, "--wait", "--options", f"{listens} -c fsync=off", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; immediate is a crash: connections break, the journal is replayed at the next start."""
        self._run("pg_ctl", "--mode", mode, "--wait", "stop")

    @property
    def _owner(self) -> str | None:
        return OWNER if os.getuid() == 0 else None

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, "--pgdata", str(self.folder / "data"), *arguments],
            user=self._owner,
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """Yield the URL of a fresh server on a loopback port, without a database's name."""
    server = PostgresServer(folder, find_programs() or install())
    server.create()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def find_programs() -> Path | None:
    """Find the folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    candidates = [*reversed(debian), *([Path(found).resolve().parent] if found else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def install() -> Path:
    """Install Debian's package."""
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit("There is no PostgreSQL here: install one, or set DATABASE_URL.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "postgresql"]):
        subprocess.run(["apt-get", "--quiet", *arguments], env=environment, check=True)  # noqa: S607
    if programs := find_programs():
        return programs
    raise SystemExit("PostgreSQL was installed, but its initdb was not found.")
