"""The settings of every test: the system's own in `test` mode, over a temporary folder.

Servers come from the environment (`python -m tests` starts them); without one it is SQLite.
"""

import atexit
import os
import shutil
import tempfile

_scratch = tempfile.mkdtemp(prefix="expansion-tests-")
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
os.mkdir(os.path.join(_scratch, "static"))
os.environ["EXPANSION_MODE"] = "test"
os.environ["VAR_DIR"] = _scratch
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs beside the live server

from expansion.settings import *  # noqa: E402, F403
from expansion.settings import DATABASES  # noqa: E402

if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file, as in real life: locks and waiting are not those of a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_scratch, "test.sqlite3")}
