"""What the control list asks of contracts: none is signed past its approval (C-9.3.1, R-exp-26)."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from crm.models import Contract
from expansion import clock, offers
from expansion.approvals.models import Request
from expansion.offers import Finding


def signed_unapproved(person: Any) -> Iterator[Finding]:
    """Signed ones over which no round of approval has ended well."""
    rounds = Request.objects.filter(
        about_type=ContentType.objects.get_for_model(Contract),
        about_id=OuterRef("pk"),
        status=Request.Status.APPROVED,
    )
    signed = Contract.objects.live().signed().exclude(Exists(rounds))
    signed = signed.select_related("owner", "signed_owner")
    for one in signed.order_by("-signed_on", "-pk"):
        at = clock.moment_on(one.signed_on, time()) if one.signed_on else None
        yield Finding(
            at, (one.signed_owner or one.owner,), _("signed without an approved request"), one
        )


offers.add(
    offers.ControlCheck(
        "crm.contracts",
        _("Contracts signed without an approved request"),
        20,
        signed_unapproved,
    )
)
