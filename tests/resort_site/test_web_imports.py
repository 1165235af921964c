"""The web server starts fast and stays small: what computes and draws is loaded by workers only."""

import subprocess
import sys

from django.conf import settings

LIBRARIES = ("matplotlib", "numpy", "pandas", "scipy", "statsmodels", "torch", "transformers")


def test_pages_load_no_library_of_the_workers() -> None:
    imports = "import sys, resort_site.wsgi, resort_site.urls"

    loaded = subprocess.run(
        [sys.executable, "-c", f"{imports}; print(*sys.modules)"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "annotation.views.scores" in loaded
    assert [name for name in LIBRARIES if name in loaded] == []
