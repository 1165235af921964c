"""The site's settings under test: mode `test` and an empty DATA_DIR, whatever the environment says.

DATABASE_URL and REDIS_URL count, where set: `make test-services` runs the suite on them.
"""

import atexit
import os
import shutil
import tempfile

for name in ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "EMAIL_URL", "HOST", "LOG_LEVEL", "PORT", "SECRET_KEY"):
    os.environ.pop(name, None)
os.environ["SITE_MODE"] = "test"
if worker := os.environ.get("PYTEST_XDIST_WORKER", ""):
    # Tests that run side by side share a Redis and must not hear each other.
    if prefix := os.environ.get("REDIS_KEY_PREFIX", "").removesuffix(f"-{worker}"):
        os.environ["REDIS_KEY_PREFIX"] = f"{prefix}-{worker}"
    # Several models at once, each with a thread for every core, wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="resort-test-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from resort_site.settings import *  # noqa: E402, F403
from resort_site.settings import DATA_DIR, DATABASES, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir()
if DATABASES["default"]["ENGINE"] == "resort_site.sqlite":
    # A file, not memory: worker processes that a test starts must see what it wrote.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    # No power cut is survived by a file that is deleted at the end, so no commit waits for the disk.
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
# Else each Client lists every static file before its first request, which costs more than the request.
WHITENOISE_AUTOREFRESH = True
