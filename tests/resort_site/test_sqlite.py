"""Those who write to SQLite take turns: threads, and processes."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from resort_site.sqlite.turns import ThreadTurns, Turns, turns_at
from tests.processes import wait_until

needs_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows")


def in_thread(run: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=run)
    thread.start()
    return thread


HOLD = """
import sys
from resort_site.sqlite.turns import Turns
turns = Turns(sys.argv[1])
turns.take(timeout_s=60)
print("has it", flush=True)
sys.stdin.readline()
turns.give_back()
"""


class Holder:
    """Another process that takes a turn at a database, and keeps it until told."""

    def __init__(self, database: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, database],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def wait_for_turn(self) -> bool:
        """Return once it has its turn; False if it ends without one."""
        assert self.process.stdout is not None
        return self.process.stdout.readline() == b"has it\n"

    def end(self) -> None:
        self.process.communicate()


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "db.sqlite3")


@pytest.fixture
def holder(database: str) -> Iterator[Holder]:
    holder = Holder(database)
    assert holder.wait_for_turn()
    yield holder
    holder.end()


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    queue, came = ThreadTurns(), []
    assert queue.take(timeout_s=1)

    def take(number: int) -> None:
        queue.take(timeout_s=20)
        came.append(number)
        queue.give_back()

    threads = []
    for number in range(8):
        threads.append(in_thread(lambda number=number: take(number)))
        wait_until(lambda number=number: len(queue._waiting) == number + 1)
    queue.give_back()
    for thread in threads:
        thread.join()

    assert came == list(range(8))
    assert queue.take(timeout_s=0)


def test_turn_that_does_not_come_in_time_is_not_kept_for_who_went_on() -> None:
    queue = ThreadTurns()
    assert queue.take(timeout_s=0)

    assert not queue.take(timeout_s=0.01)
    queue.give_back()

    assert queue.take(timeout_s=0)


def test_process_waits_for_the_turn_of_another(database: str, holder: Holder) -> None:
    turns = Turns(database)
    too_early = turns.take(timeout_s=0.01)

    holder.end()

    assert not too_early
    assert turns.take(timeout_s=20)


def test_turn_ends_with_the_process_that_has_it(database: str, holder: Holder) -> None:
    holder.process.kill()

    assert Turns(database).take(timeout_s=20)


def test_who_waits_at_the_door_comes_before_who_comes_back(database: str) -> None:
    turns = Turns(database)
    assert turns.take(timeout_s=0)
    holder = Holder(database)
    wait_until(lambda: is_somebody_at_the_door(database))

    turns.give_back()
    came_first = not turns.take(timeout_s=0.1)

    assert came_first
    assert holder.wait_for_turn()
    holder.end()


def is_somebody_at_the_door(database: str) -> bool:
    with Path(f"{database}-door").open() as door:
        try:
            fcntl.flock(door, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_turns_at_two_databases_have_nothing_to_do_with_each_other(tmp_path: Path, holder: Holder) -> None:
    assert Turns(str(tmp_path / "other.sqlite3")).take(timeout_s=0)


def test_child_of_a_fork_does_not_keep_its_parents_turn(database: str) -> None:
    turns = turns_at(database)
    assert turns.take(timeout_s=0)
    reads, writes = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writes, b"1" if turns_at(database).take(timeout_s=0) else b"0")
        signal.pause()
    try:
        child_had_it = os.read(reads, 1) == b"1"
        turns.give_back()
        # The child lives on and has no part in the lock: another process may have it.
        assert not child_had_it
        assert Turns(database).take(timeout_s=0)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_transaction_has_a_turn_until_it_ends() -> None:
    turns = turns_at(str(connection.settings_dict["NAME"]))
    with transaction.atomic():
        assert connection.turn is turns
        with transaction.atomic():
            pass
        assert connection.turn is turns

    assert connection.turn is None
    assert turns.take(timeout_s=0)
    turns.give_back()


@needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_turn_ends_with_a_rollback_and_with_the_connection() -> None:
    with pytest.raises(ValueError, match="broken"), transaction.atomic():
        raise ValueError("broken")
    assert connection.turn is None

    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("SELECT no_such_column")
    assert connection.turn is None

    with transaction.atomic():
        connection.close()
    assert connection.turn is None
    turns = turns_at(str(connection.settings_dict["NAME"]))
    assert turns.take(timeout_s=0)
    turns.give_back()
