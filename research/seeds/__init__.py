"""The research room of the demo department: plans, the log of information, reports."""

from typing import Any

from research.seeds.log import Log
from research.seeds.reports import Plans, Reports


def sow(demo: Any) -> None:
    """Plans first, then what was found under them and beside them, then what was made of it."""
    plans = Plans(demo)
    plans.sow()
    Log(demo, plans).sow()
    Reports(demo, plans).sow()
