"""The processes that descend from this one, those included whose parents died.

On Linux this process adopts them (it is their "subreaper"); elsewhere they escape to process 1.
"""

import ctypes
import sys

import psutil

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on, a descendant whose parent dies becomes a child of this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_orphans(*, expected: set[int]) -> None:
    """Kill the children that this process did not start itself: what they worked for is dead.

    A web server's or a worker pool's child outlives its killed parent, and would hold its port and memory.
    """
    children = [child for child in psutil.Process().children() if child.pid not in expected]
    for orphan in children:
        for process in [*_descendants(orphan), orphan]:
            _kill(process)
    psutil.wait_procs(children, timeout=1)


def end_descendants() -> None:
    """Kill whatever still descends from this process, and wait until it is gone."""
    while descendants := _descendants(psutil.Process()):
        for process in descendants:
            _kill(process)
        psutil.wait_procs(descendants, timeout=1)


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
