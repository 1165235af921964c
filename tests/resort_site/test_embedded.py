import stat
from pathlib import Path

import pytest

from resort_site.embedded import embedded_redis_socket, read_or_make_secret_key
from resort_site.embedded_redis import make_redis_folders
from resort_site.preflight import StartError
from tests.redis_server import RedisServer


def test_secret_key_is_private_and_stays_the_same(tmp_path: Path) -> None:
    key = read_or_make_secret_key(tmp_path)

    assert read_or_make_secret_key(tmp_path) == key
    assert len(key) > 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_redis_starts_in_a_data_folder_with_a_long_name(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 60) / ("b" * 60)
    server = RedisServer(folder)

    server.start()
    socket = embedded_redis_socket(folder)
    server.stop()

    assert not socket.is_relative_to(folder)
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


def test_socket_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 60) / ("c" * 60)
    make_redis_folders(folder).chmod(0o755)

    with pytest.raises(StartError, match="belongs to someone else or is open to others"):
        make_redis_folders(folder)


def test_two_data_folders_have_two_sockets(tmp_path: Path) -> None:
    long_name = tmp_path / ("a" * 120)

    assert embedded_redis_socket(long_name / "1") != embedded_redis_socket(long_name / "2")
