"""Whether an improvement plan ran for a failed period (C-6.4.2a, reading 9).

Who keeps improvement plans names where they are found; until somebody does, none ran.
"""

from collections.abc import Callable

from appraisal.models import Participant


def _none_ran(participant: Participant) -> bool:
    return False


_ran: Callable[[Participant], bool] = _none_ran


def plans_come_from(source: Callable[[Participant], bool]) -> None:
    """Names who knows whether a plan ran to its end after this person's result."""
    global _ran
    _ran = source


def plan_ran(participant: Participant) -> bool:
    return _ran(participant)
