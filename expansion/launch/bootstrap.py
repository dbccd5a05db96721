"""Makes a bare machine ready: `python3 -m expansion.launch.bootstrap VERB`.

Runs under the machine's own Python before any package exists. Verbs: `setup`, `run` (set-up and
the local system), `test` (set-up with what the tests need, then the suites), `tools` (set-up with
the developer's packages, then the command that follows).
"""

from __future__ import annotations

import os
import sys

OLDEST_PYTHON = (3, 11)


def python_is_too_old(version: tuple[int, ...]) -> str | None:
    """A sentence when this Python cannot run the system."""
    if version >= OLDEST_PYTHON:
        return None
    return (
        f"This is Python {version[0]}.{version[1]}; Python 3.11 or newer is needed. Install one "
        "and name it, for example: make run PYTHON=python3.11"
    )


def main(arguments: list[str]) -> int:
    too_old = python_is_too_old(sys.version_info[:2])
    if too_old:
        print(too_old, file=sys.stderr)
        return 2
    from expansion.launch.console import CannotGoOn, refuse

    try:
        return perform(*arguments)
    except CannotGoOn as reason:
        return refuse(reason)
    except KeyboardInterrupt:
        return refuse(KeyboardInterrupt("Stopped. The next run goes on where this one ended."))


def perform(verb: str, *rest: str) -> int:
    from expansion.launch import steps

    if verb == "setup":
        steps.set_up(developer=False, retry_system_packages=True)
        steps.say_ready()
    elif verb == "run":
        steps.check_port(os.environ.get("PORT", ""))
        steps.set_up(developer=False)
        steps.become_python("-m", "expansion.launch.supervisor")
    elif verb == "test":
        steps.set_up(developer=True, for_tests=True)
        steps.become_python("-m", "tests", *rest)
    elif verb == "tools":
        steps.set_up(developer=True)
        steps.become_python(*rest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
