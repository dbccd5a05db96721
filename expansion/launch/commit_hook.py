"""The local commit hook: formatter and linter from `.venv` over the staged Python files."""

from __future__ import annotations

import shutil
import subprocess

from expansion.launch.places import ROOT

HOOK = """#!/bin/sh
# Written by `make setup`. Skip it once with: git commit --no-verify
cd "$(git rev-parse --show-toplevel)" || exit 1
[ -x .venv/bin/ruff ] || exit 0  # `make lint` brings it
staged() { git diff --cached --name-only --diff-filter=ACMR -z -- '*.py'; }
[ -n "$(staged | tr -d '\\0')" ] || exit 0
staged | xargs -0 .venv/bin/ruff check --force-exclude -- || exit 1
staged | xargs -0 .venv/bin/ruff format --check --force-exclude -- || {
    echo "Run: make fix"
    exit 1
}
"""


def install() -> None:
    """Writes the hook where git looks for it, unless one is there or this is no checkout."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        return
    asked = subprocess.run(
        ["git", "rev-parse", "--git-path", "hooks/pre-commit"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if asked.returncode:  # The checkout belongs to somebody else: git itself refuses it.
        return
    hook = ROOT / asked.stdout.strip()
    if hook.exists() or hook.is_symlink():
        return
    try:
        hook.parent.mkdir(parents=True, exist_ok=True)
        hook.write_text(HOOK)
        hook.chmod(0o755)
    except PermissionError:  # A checkout to look at, not to commit from.
        return
