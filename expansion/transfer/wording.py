"""Sentences of this room."""

from django.utils.translation import ngettext

from expansion.rulebook.work import Confidentiality


def asked_of(limits: Confidentiality) -> str:
    """From how many rows on an export says why and is approved; empty where nothing is asked."""
    reason, approval = limits.reason_from.value, limits.approval_from.value
    sentences = [_because(reason) if reason else "", _approved(approval) if approval else ""]
    return " ".join(filter(None, sentences))


def _because(figure: int) -> str:
    return ngettext("Needed from %(count)d row on.", "Needed from %(count)d rows on.", figure) % {
        "count": figure
    }


def _approved(figure: int) -> str:
    return ngettext(
        "From %(count)d row on the file is written after it is approved.",
        "From %(count)d rows on the file is written after it is approved.",
        figure,
    ) % {"count": figure}
