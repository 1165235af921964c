"""Web server and workers start fast and stay small: what computes and draws is loaded by who does that."""

import subprocess
import sys

from django.conf import settings

LIBRARIES = ("matplotlib", "numpy", "pandas", "scipy", "statsmodels", "torch", "transformers")


def test_pages_and_tasks_load_no_library_that_computes() -> None:
    imports = "import sys, resort_site.wsgi, resort_site.urls, annotation.tasks, generation.tasks"

    loaded = subprocess.run(
        [sys.executable, "-c", f"{imports}; print(*sys.modules)"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "annotation.views.scores" in loaded
    assert [name for name in LIBRARIES if name in loaded] == []
