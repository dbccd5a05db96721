"""What major matters offer the house: what waits for whom, and the log as a file."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Escalation
from crm.selectors_authority import waiting_for
from crm.tables_authority import ESCALATIONS, why
from expansion import offers
from expansion.transfer.registry import add_export


def escalation_todos(person: Any) -> Iterator[offers.Todo]:
    for one in waiting_for(person)[:50]:
        yield offers.Todo(
            kind="escalation",
            title=_("Major matter: %(matter)s") % {"matter": one},
            url=one.get_absolute_url(),
            detail=f"{why(one)} · {one.owner.name}",
            act=_("Decide"),
        )


offers.add(offers.TodoSource("crm.escalations", gettext_lazy("Major matters"), 8, escalation_todos))
add_export(ESCALATIONS, Escalation.objects.live)
