"""What must hold before the demo starts anything; each check raises one clear line."""

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

NEEDED_GB = 1.0


class StartError(Exception):
    """The demo cannot start, or cannot go on; the message is one sentence that says what to do."""


@contextmanager
def locked_data_folder(data_dir: Path) -> Iterator[IO[str]]:
    """Hold DATA_DIR for as long as the block runs, and for as long as a process given the file does."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("a+")
    except OSError as error:
        raise StartError(f"DATA_DIR {data_dir} cannot be written: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise StartError(
                f"Another demo (process {holder}) uses {data_dir}: stop it, or choose another DATA_DIR."
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield lock


def check_disk(data_dir: Path) -> None:
    free_gb = shutil.disk_usage(data_dir).free / 1e9
    if free_gb < NEEDED_GB:
        raise StartError(
            f"{data_dir} has {free_gb:.2f} GB free; model, database and logs need {NEEDED_GB:.0f} GB."
        )


def check_port(host: str, port: int) -> None:
    """Raise StartError unless this machine can listen at host and port now."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise StartError(
            f"HOST {host} is not a name or address of this machine: {error.strerror}."
        ) from error
    except OSError as error:
        raise StartError(
            f"Port {port} of {host} cannot be had ({error.strerror}); choose another: make demo PORT=..."
        ) from error
