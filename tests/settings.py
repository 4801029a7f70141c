"""Settings of the tests: SQLite in a file (several processes share it), or PostgreSQL at TEST_DATABASE_URL."""

import os
import tempfile
from pathlib import Path

_data = (
    Path(os.environ.get("KONTOR_TEST_DATA", ""))
    if os.environ.get("KONTOR_TEST_DATA")
    else Path(tempfile.mkdtemp(prefix="kontor-tests-"))
)
os.environ.update(
    {
        "ENV_FILE": "/nonexistent",
        "SECRET_KEY": "only-for-tests",
        "FERNET_KEYS": "only-for-tests",
        "DATA_DIR": str(_data),
        "MEDIA_ROOT": str(_data / "media"),
        "EMAIL_URL": "memorymail://",
        "SUPPORT_EMAIL": "support@kanzlei.example",
        "FIRM_NAME": "Kanzlei Beispiel",
        "LEXWARE_API_URL": "http://127.0.0.1:9",
        "LEXWARE_TIME_SCALE": "200",
        "QONTO_API_URL": "http://127.0.0.1:9",
        "EXCHANGE_RATES_URL": "",
        "DATABASE_URL": os.environ.get("KONTOR_TEST_DATABASE_URL") or f"sqlite:///{_data / 'db.sqlite3'}",
        "LOG_LEVEL": "WARNING",
    }
)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
# Counted in memory, so that every test begins anew; that limits hold over processes has a test of its own.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
