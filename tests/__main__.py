"""`make test` and `make test-all`: which tests run on which database, with servers of their own.

Says at both ends what could not run here. With EXPANSION_REQUIRE_ALL=1, as in CI, nothing may be
missing. Servers named by DATABASE_URL or REDIS_URL are used instead of our own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack

from tests import servers

NO_TESTS = 5  # pytest's exit code when the selection is empty
EVERY_CHANGE = "not slow and not faults and not a11y"
MOST_WORKERS = 8  # all of them share one PostgreSQL


def main(arguments: list[str]) -> int:
    everything = "--all" in arguments
    chosen = [argument for argument in arguments if argument != "--all"]
    absent = what_is_missing()
    for line in absent:
        shout(line)
    if absent and os.environ.get("EXPANSION_REQUIRE_ALL") == "1":
        shout("Everything has to run here (EXPANSION_REQUIRE_ALL=1); nothing was run.")
        return 1
    with ExitStack() as stack:
        env = environment(stack, absent)
        codes = [
            pytest(title, [*selection, *chosen], engine)
            for title, selection, engine in suites(everything, env)
        ]
    return next((code for code in codes if code not in (0, NO_TESTS)), max(codes[-1:], default=0))


def suites(everything: bool, env: dict[str, str]) -> list[tuple[str, list[str], dict[str, str]]]:
    """What to run, the long run last: (title, pytest's options, environment)."""
    sqlite = {name: value for name, value in env.items() if name != "DATABASE_URL"}
    usual = "" if everything else EVERY_CHANGE
    without = " and ".join(
        part for part in (usual, "" if servers.chromium() else "not browser") if part
    )
    if "DATABASE_URL" not in env:
        return [("All tests on SQLite", marked(without), sqlite)]
    second = (
        with_rest("not faults and not a11y", without) if everything else with_rest("both", without)
    )
    return [
        ("SQLite: " + ("all tests" if everything else "tests marked `both`"), second, sqlite),
        ("PostgreSQL: all tests", marked(without), env),
    ]


def marked(expression: str) -> list[str]:
    return ["-m", expression] if expression else []


def with_rest(first: str, rest: str) -> list[str]:
    return marked(" and ".join(part for part in (first, rest) if part))


def what_is_missing() -> list[str]:
    missing = []
    if not os.environ.get("DATABASE_URL") and servers.postgres_folder() is None:
        missing.append("NOT RUN: all on PostgreSQL, and the fault tests. Package: postgresql")
    if not os.environ.get("REDIS_URL") and "redis-server" in servers.missing_packages():
        missing.append("NOT RUN: on Redis itself (on Valkey instead). Package: redis-server")
    if servers.chromium() is None:
        missing.append("NOT RUN: the journeys in a browser. Package: chromium")
    return missing


def environment(stack: ExitStack, absent: list[str]) -> dict[str, str]:
    env = {**os.environ, "EXPANSION_NOT_RUN": "\n".join(absent)}
    # Compiling all tests costs each worker longer than many of them take.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    if not env.get("DATABASE_URL"):
        env.pop("DATABASE_URL", None)
        if servers.postgres_folder():
            env["DATABASE_URL"] = stack.enter_context(servers.postgres()).url
    if not env.get("REDIS_URL"):
        env["REDIS_URL"] = stack.enter_context(servers.redis()).url
    return env


def pytest(title: str, options: list[str], env: dict[str, str]) -> int:
    shout(title)
    argv = [sys.executable, "-m", "pytest", "-q", *side_by_side(), *options]
    return subprocess.run(argv, env=env).returncode


def side_by_side() -> list[str]:
    """A worker per core, two at least. Each begins with a stretch of the whole, so that what a
    module sets up is set up once, and takes from the others when it is through."""
    workers = max(2, min(len(os.sched_getaffinity(0)), MOST_WORKERS))
    return ["-n", str(workers), "--dist", "worksteal"]


def shout(line: str) -> None:
    print(f"\n=== {line} ===", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
