"""A PostgreSQL of the tests' own, installed first where that is possible."""

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.processes import free_port

# initdb and postgres refuse to run as root; Debian's package makes this user.
OWNER = "postgres"


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """Yield the URL of a fresh server on a loopback port, without a database's name."""
    programs = find_programs() or install()
    port, password = free_port(), secrets.token_hex(16)
    data, password_file = folder / "data", folder / "password"
    folder.mkdir(parents=True)
    password_file.write_text(password)
    owner = OWNER if os.getuid() == 0 else None
    if owner:
        folder.parent.chmod(0o711)
        for path in (folder, password_file):
            shutil.chown(path, owner)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments], user=owner, cwd=folder, check=True, stdout=subprocess.DEVNULL
        )

    secured = ("--auth", "scram-sha-256", "--pwfile", str(password_file))
    run("initdb", "--pgdata", str(data), "--username", OWNER, "--encoding", "UTF8", "--no-sync", *secured)
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
    run(
        "pg_ctl", "--pgdata", str(data), "--log", str(folder / "log"), "--wait", "--options", options, "start"
    )
    try:
        yield f"postgresql://{OWNER}:{password}@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "--pgdata", str(data), "--mode", "immediate", "--wait", "stop")


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
