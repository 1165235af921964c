"""Become a program that ends when its parent does: `python -I launch.py [--nice N] PROGRAM ARGUMENT ...`.

On Linux the kernel sends it TERM at its parent's death, so that a killed supervisor leaves nothing running.
Runs before every supervised process, so it imports nothing of this project.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if arguments[0] == "--nice":
        os.nice(int(arguments[1]))
        arguments = arguments[2:]
    os.execvp(arguments[0], arguments)  # noqa: S606 - replacing this process is the purpose


if __name__ == "__main__":
    main(sys.argv[1:])
