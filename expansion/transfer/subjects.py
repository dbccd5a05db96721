"""A large export is approved before it is written (R-exp-18)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import offers
from expansion.transfer.models import Export
from expansion.transfer.services import exports
from expansion.ui import formats


def document(record: Export) -> dict[str, Any]:
    """What is asked for: which list, how many rows, for whom and why."""
    facts = [
        [_("List"), record.label],
        [_("Rows"), formats.number(record.count)],
        *map(list, exports.asked_for(record)),
        [_("Format"), record.get_file_format_display()],
        [_("Exported by"), record.actor.name],
        [_("Number"), record.number],
    ]
    return {
        "title": _("Export: %(list)s") % {"list": record.label},
        "facts": facts,
        "sections": [{"key": "reason", "label": _("Reason"), "text": record.reason}],
    }


offers.add(
    offers.Subject(
        kind="export",
        model=Export,
        label=gettext_lazy("Large export"),
        url=lambda record: reverse("transfer:export", args=[record.pk]),
        document=document,
        approved=exports.export_approved,
        returned=exports.export_refused,
        rejected=exports.export_refused,
        withdrawn=exports.export_refused,
    )
)
