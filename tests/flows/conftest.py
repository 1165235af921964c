"""Whole stories: real worker processes with the real small model, which lies in DATA_DIR as in the demo."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.generation.conftest import packaged_gguf, small_model

__all__ = ["packaged_gguf", "small_model"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/flows" in item.path.as_posix():
            item.add_marker(pytest.mark.flow)


@pytest.fixture
def model_in_data_dir(small_model: Path) -> Path:
    link = settings.DATA_DIR / "models" / small_model.name
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(small_model.resolve())
    return link
