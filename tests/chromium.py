"""The Chromium of this machine, for tests and benchmarks."""

import os
import shutil

# As root Chromium needs --no-sandbox; the rest keeps it from calling home.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# The shell is Chromium without windows of its own, which cost a test more than the page that it looks at.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")


def chromium_path() -> str:
    """Return the program: the one that CHROMIUM names, or the first that is installed."""
    found = (shutil.which(name) for name in NAMES)
    path = os.environ.get("CHROMIUM") or next(filter(None, found), None)
    assert path, "Browser tests need Chromium: apt-get install chromium, or name one in CHROMIUM."
    return path
