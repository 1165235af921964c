import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from resort_site.preflight import StartError, check_disk, check_port, locked_data_folder


def test_second_holder_of_a_data_folder_is_refused(tmp_path: Path) -> None:
    line = re.escape(f"Another demo (process {os.getpid()}) uses {tmp_path}: stop it")

    with locked_data_folder(tmp_path), pytest.raises(StartError, match=line), locked_data_folder(tmp_path):
        pass


def test_data_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with locked_data_folder(tmp_path):
        pass

    with locked_data_folder(tmp_path) as lock:
        assert Path(lock.name).read_text() == f"{os.getpid()}\n"


def test_lock_lasts_as_long_as_a_process_given_the_file(tmp_path: Path) -> None:
    with locked_data_folder(tmp_path) as lock:
        survivor = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdin=lock)

    with pytest.raises(StartError, match="Another demo"), locked_data_folder(tmp_path):
        pass
    survivor.kill()
    survivor.wait()
    with locked_data_folder(tmp_path):
        pass


def test_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    line = re.escape(f"DATA_DIR {file} cannot be written: File exists.")

    with pytest.raises(StartError, match=line), locked_data_folder(file):
        pass


def test_taken_port_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]

        with pytest.raises(
            StartError, match=f"Port {port} of 127.0.0.1 cannot be had \\(Address already in use\\)"
        ):
            check_port("127.0.0.1", port)


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(StartError, match="Cannot assign requested address"):
        check_port("192.0.2.1", 8000)


def test_full_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=50_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)

    with pytest.raises(StartError, match=r"has 0\.05 GB free; model, database and logs need 1 GB\."):
        check_disk(tmp_path)
