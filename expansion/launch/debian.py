"""What must come from the operating system, and who may bring it.

Root gets packages by apt after one line that says so; anybody else is told the one line to ask for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from expansion.launch.console import CannotGoOn, say


def apt_line(packages: Sequence[str]) -> str:
    return "apt-get install -y --no-install-recommends " + " ".join(packages)


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def bring(packages: Sequence[str], purpose: str) -> bool:
    """Installs the packages or says how to get them; whether they are there now."""
    if may_install():
        say(f"Installing system packages for {purpose}: {' '.join(packages)}")
        if install(packages):
            return True
        say(f"That failed; going on without {purpose}. By hand: {apt_line(packages)}")
        return False
    say(f"Going on without {purpose}. To get it, an administrator runs: {apt_line(packages)}")
    return False


def require(packages: Sequence[str], purpose: str) -> None:
    """Like `bring`, for what nothing works without.

    Raises:
        CannotGoOn: the caller may not install them, or apt failed.
    """
    if not may_install():
        raise CannotGoOn(f"{purpose} is missing. Ask an administrator to run: {apt_line(packages)}")
    say(f"Installing system packages for {purpose}: {' '.join(packages)}")
    if not install(packages):
        raise CannotGoOn(f"{purpose} could not be installed. Try by hand: {apt_line(packages)}")


def install(packages: Sequence[str]) -> bool:
    """Tries with the package lists the machine has, then with fresh ones."""
    return _apt("install", packages) or (_apt("update", []) and _apt("install", packages))


def _apt(verb: str, packages: Sequence[str]) -> bool:
    options = ["-y", "--no-install-recommends"] if packages else []
    done = subprocess.run(
        ["apt-get", "-q", verb, *options, *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode == 0
