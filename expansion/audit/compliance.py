"""What proves the internal control: the trail that nobody can change, and its control list."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, compliance, offers
from expansion.audit.models import Entry
from expansion.compliance import Fact, Screen

CONTROL = ("C-9.3.1",)


def controls(rules: Any) -> Iterator[str]:
    """How much the trail holds of this month, and what the control list looks for (C-9.3.1)."""
    first = clock.moment_on(clock.today().replace(day=1), time())
    count = Entry.objects.filter(at__gte=first).count()
    yield _("%(count)s acts stand in the trail this month") % {"count": count}
    checks = sorted(offers.of(offers.ControlCheck), key=lambda one: one.order)
    words = {"count": len(checks), "names": _(", ").join(str(one.label) for one in checks)}
    yield _("%(count)s controls are looked at: %(names)s") % words


compliance.add(
    Fact("audit.controls", controls, CONTROL),
    Screen("audit:control-list", lazy("Control list"), CONTROL),
    Screen("audit:entry-list", lazy("Trail"), CONTROL),
)
