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
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="resort-test-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from resort_site.settings import *  # noqa: E402, F403
from resort_site.settings import DATA_DIR, DATABASES, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir()
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: worker processes that a test starts must see what it wrote.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
