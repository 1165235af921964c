"""Turns: whoever waits longest comes next, among the threads of a process and among processes.

SQLite lets a waiting writer ask again after ever longer sleeps, up to a tenth of a second, and luck decides
who comes next: with eight writers some waited for seconds, and the disk was idle for half of the time.
"""

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path

# Longer than a look at a lock takes, shorter than any transaction.
LOOK_EVERY_S = 0.0005


class ThreadTurns:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def take(self, *, timeout_s: float) -> bool:
        """Wait for a turn; say whether it came in time."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout_s):
            return True
        with self._guard:
            if turn.is_set():
                return True
            self._waiting.remove(turn)
        return False

    def give_back(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


class ProcessTurns:
    """A turn among processes, one thread of each at a time. It ends with the process that has it.

    Two locked files: who waits at the door is alone there, and goes in before anyone who only now comes back.
    """

    def __init__(self, database: Path) -> None:
        self._door = _open(database, "door")
        self._room = _open(database, "room")

    def take(self, *, timeout_s: float) -> bool:
        """Wait for a turn; say whether it came in time."""
        deadline = time.monotonic() + timeout_s
        if not _lock(self._door, deadline):
            return False
        try:
            return _lock(self._room, deadline)
        finally:
            fcntl.flock(self._door, fcntl.LOCK_UN)

    def give_back(self) -> None:
        fcntl.flock(self._room, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._door)
        os.close(self._room)


class Turns:
    """A turn at one database: first among this process's threads, then among processes."""

    def __init__(self, database: str) -> None:
        self._threads = ThreadTurns()
        # A database in memory belongs to one process.
        self._processes = ProcessTurns(Path(database)) if Path(database).is_absolute() else None

    def take(self, *, timeout_s: float) -> bool:
        """Wait for a turn; say whether it came in time."""
        ends = time.monotonic() + timeout_s
        if not self._threads.take(timeout_s=timeout_s):
            return False
        if self._processes is None or self._processes.take(timeout_s=ends - time.monotonic()):
            return True
        self._threads.give_back()
        return False

    def give_back(self) -> None:
        if self._processes is not None:
            self._processes.give_back()
        self._threads.give_back()

    def close(self) -> None:
        if self._processes is not None:
            self._processes.close()


_guard = threading.Lock()
_by_database: dict[str, Turns] = {}


def turns_at(database: str) -> Turns:
    """Return this process's turns at a database, a path or SQLite's name for one in memory."""
    with _guard:
        if database not in _by_database:
            _by_database[database] = Turns(database)
        return _by_database[database]


def _begin_anew() -> None:
    """Forget what a fork has brought along: the parent's locks, which would last as long as the child."""
    global _guard  # it may be held by a thread that the child does not have
    _guard = threading.Lock()
    for turns in _by_database.values():
        turns.close()
    _by_database.clear()


os.register_at_fork(after_in_child=_begin_anew)


def _open(database: Path, name: str) -> int:
    return os.open(f"{database}-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(file: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_EVERY_S)
        else:
            return True
