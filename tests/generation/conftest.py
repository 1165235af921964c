"""The real small model, converted once and kept between test runs."""

import os
from pathlib import Path

import pytest

from generation.backends.base import ModelRef
from generation.model_store import ModelStoreError, ensure_small_model, find_packaged_gguf

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def packaged_gguf() -> Path:
    try:
        return find_packaged_gguf()
    except ModelStoreError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def small_model(packaged_gguf: Path) -> Path:
    """The folder of SmolLM2-135M-Instruct; the first test run converts it, in about 20 seconds."""
    folder = Path(os.environ.get("RESORT_TEST_MODELS") or REPOSITORY / "var" / "test-models")
    return ensure_small_model(folder, packaged_gguf, print)


@pytest.fixture(scope="session")
def small_model_ref(small_model: Path) -> ModelRef:
    return ModelRef("transformers", str(small_model))
