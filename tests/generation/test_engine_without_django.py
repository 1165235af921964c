"""The engine's pure parts run where there is no Django, such as on a borrowed machine with a GPU."""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# None in sys.modules makes an import fail as if the package were not installed.
WITHOUT_DJANGO = """
import json, sys
absent = ("django", "rest_framework", "celery", "psycopg", "resort_site", "annotation")
sys.modules.update(dict.fromkeys(absent))
import importlib, pkgutil
import generation.backends
names = ["strategies", "constitution", "prompt_set", "validation", "model_store", "gguf_conversion"]
names += [f"backends.{module.name}" for module in pkgutil.iter_modules(generation.backends.__path__)]
for name in names:
    importlib.import_module(f"generation.{name}")
from tests.benchmarks import gpu
print(json.dumps(gpu.measure()))
"""


def test_the_engine_and_the_gpu_benchmark_run_without_django() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO],
        cwd=REPOSITORY,
        env={"PATH": "/usr/bin:/bin", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["device"] == "cpu, small model: not a GPU figure"
    assert {"tokens_per_s", "serial_tokens_per_s", "times_serial", "share_of_bandwidth_bound_percent"} < set(
        figures
    )
