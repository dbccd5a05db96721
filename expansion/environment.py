"""Reads the environment: every variable the system listens to, typed, with its default.

Secrets come from here and nowhere else. A value that cannot be read stops the start with a
sentence that names the variable.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

MODES = ("local", "test", "production")


def text(name: str, default: str | None = None) -> str:
    """The variable's value; without a default it has to be given and not empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set {name}: it has no default in production.")
    return default


def integer(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} has to be a whole number, not {value!r}.") from None


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is either 1 or 0, not {value!r}.")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def address(name: str) -> str:
    """A web address without a path, or nothing: `https://expansion.example.com`."""
    value = text(name, "").rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path):
        raise ImproperlyConfigured(f"{name} is an address such as https://expansion.example.com.")
    return value


def mode() -> str:
    """`local` (one machine, loopback only), `test` or `production`."""
    value = text("EXPANSION_MODE", "local")
    if value not in MODES:
        raise ImproperlyConfigured(f"EXPANSION_MODE is one of {', '.join(MODES)}, not {value!r}.")
    return value


def database(url: str) -> dict:
    """Django's settings for `postgres://user:password@host:port/name` or `sqlite:///path`.

    A PostgreSQL socket directory goes into the query: `postgres:///name?host=/run/postgresql`.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path.removeprefix("/")) or "db.sqlite3"))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL begins with postgres:// or sqlite:///; "
            f"{parts.scheme or 'an empty scheme'} is not known."
        )
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite(path: Path) -> dict:
    """Settings with which twenty writers at once lose nothing: every write waits its turn."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA busy_timeout=20000; PRAGMA temp_store=MEMORY;"
            ),
        },
    }
