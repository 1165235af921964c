"""The samples of the authors' release, where they are on this machine."""

import json
from pathlib import Path

import pytest

RELEASE = Path(__file__).resolve().parents[4] / "shared" / "data" / "resort_release"
PROMPT_SET = RELEASE / "prompt_set.yaml"

needs_release = pytest.mark.skipif(
    not (RELEASE / "model_outputs").is_dir(), reason="the authors' release is not on this machine"
)


def recorded_rows(path: str) -> list[dict[str, str]]:
    """Return the rows of a file under model_outputs."""
    return [json.loads(line) for line in (RELEASE / "model_outputs" / path).read_text().splitlines()]
