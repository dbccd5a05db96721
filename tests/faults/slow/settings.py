"""The system's own settings with the slow job."""

from expansion.settings import *  # noqa: F403
from expansion.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.slow"]
