"""The site's own settings, on a database of the tests: SQLite, or TEST_DATABASE_URL."""

import os
from pathlib import Path

# Named apart from VAR_DIR, which the site's settings below would overwrite.
TEST_DIR = Path(os.environ.get("TEST_VAR_DIR", Path(__file__).resolve().parent.parent / "var"))
TEST_DIR.mkdir(parents=True, exist_ok=True)

os.environ |= {
    "DEBUG": "1",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "")
    or f"sqlite:///{TEST_DIR / 'tests-unused.sqlite3'}",
    "LOG_LEVEL": "ERROR",
}

from frenchimpact.settings import *  # noqa: E402, F403
from frenchimpact.settings import CACHES, DATABASES  # noqa: E402

# A file, not memory: the server of the browser tests runs in another thread.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": TEST_DIR / "tests.sqlite3"}
# In memory, and one for all: emptied before each test. What is counted in the site’s own cache is
# tested there (tests/accounts/test_rate_limits.py).
CACHES = dict.fromkeys(CACHES, {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"})
MFA_TOTP_INSECURE_BYPASS_CODE = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# WhiteNoise warns of a missing folder, and warnings are failures; the finders serve the files.
STATIC_ROOT = TEST_DIR / "tests-static"
STATIC_ROOT.mkdir(exist_ok=True)
# One a process of the suite: they draw the same pictures at the same moment.
MEDIA_ROOT = TEST_DIR / f"tests-media-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
