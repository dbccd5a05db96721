"""Words and tones of a contract's phases."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Contract

PHASES = {
    "planned": _("signed, not yet in force"),
    "in_force": _("in force"),
    "ended": _("ended"),
}
PHASE_TONES = {
    "draft": "neutral",
    "in_approval": "info",
    "returned": "due",
    "approved": "done",
    "rejected": "late",
    "signed": "done",
    "planned": "info",
    "in_force": "done",
    "ended": "neutral",
}


def phase_label(contract: Contract, day: date) -> Any:
    """The status in words; for a signed contract what it is on that day."""
    return PHASES.get(contract.phase(day)) or contract.get_status_display()
