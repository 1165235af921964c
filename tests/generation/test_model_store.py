import hashlib
import json
from pathlib import Path

import pytest

from generation import model_store
from generation.model_store import FOLDER, RECORD, ModelStoreError, ensure_small_model, is_whole


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "Tiny.gguf"
    path.write_bytes(b"GGUF not really")
    return path


@pytest.fixture
def converted(tmp_path: Path, gguf: Path) -> Path:
    """A finished conversion, as its record tells it."""
    folder = tmp_path / "models" / FOLDER
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    model_store._write_record(folder, gguf)
    return folder


def test_a_finished_conversion_is_used_at_once(converted: Path, gguf: Path) -> None:
    said: list[str] = []

    folder = ensure_small_model(converted.parent, gguf, said.append)

    assert (folder, said) == (converted, [])


def test_the_record_names_source_hash_and_licence(converted: Path, gguf: Path) -> None:
    record = json.loads((converted / RECORD).read_text())

    assert record == {
        "source": "Tiny.gguf",
        "source_sha256": hashlib.sha256(b"GGUF not really").hexdigest(),
        "source_bytes": 15,
        "origin": "HuggingFaceTB/SmolLM2-135M-Instruct",
        "licence": "Apache-2.0",
        "stored_as": "bfloat16",
        "files": {"model.safetensors": 7},
    }


def test_a_cut_file_is_not_whole(converted: Path, gguf: Path) -> None:
    (converted / "model.safetensors").write_bytes(b"weigh")

    assert not is_whole(converted, gguf)


def test_a_missing_file_is_not_whole(converted: Path, gguf: Path) -> None:
    (converted / "model.safetensors").unlink()

    assert not is_whole(converted, gguf)


@pytest.mark.parametrize("record", [None, "", "{", "[]", '{"files": 3}'])
def test_a_folder_without_a_readable_record_is_not_whole(
    converted: Path, gguf: Path, record: str | None
) -> None:
    (converted / RECORD).unlink()
    if record is not None:
        (converted / RECORD).write_text(record)

    assert not is_whole(converted, gguf)


def test_the_conversion_of_another_model_file_is_not_used(converted: Path, gguf: Path) -> None:
    gguf.write_bytes(b"another, larger model file")

    assert not is_whole(converted, gguf)


def test_a_file_that_is_no_model_is_refused_and_leaves_nothing_behind(tmp_path: Path, gguf: Path) -> None:
    models_dir = tmp_path / "models"

    with pytest.raises(ModelStoreError, match=r"Tiny\.gguf could not be converted"):
        ensure_small_model(models_dir, gguf, lambda line: None)

    assert [path.name for path in models_dir.iterdir()] == [".lock"]


def test_a_missing_model_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelStoreError, match=r"no model file gone\.gguf"):
        ensure_small_model(tmp_path, tmp_path / "gone.gguf", lambda line: None)


def test_the_packaged_file_is_the_small_model(packaged_gguf: Path) -> None:
    assert (packaged_gguf.suffix, packaged_gguf.stat().st_size > 50_000_000) == (".gguf", True)


def test_the_real_conversion_is_whole(small_model: Path, packaged_gguf: Path) -> None:
    assert is_whole(small_model, packaged_gguf)
