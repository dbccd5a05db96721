"""Where things lie in this checkout."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"


def var_dir() -> Path:
    """Where the system writes, as the settings read it."""
    return Path(os.environ.get("VAR_DIR", "").strip() or ROOT / "var").resolve()
