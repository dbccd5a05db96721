"""The menu entries of this app."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from research.models import Finding, Receipt, ResearchReport


def reads_reports(person: Any) -> bool:
    """Those who work reports, and everyone who was sent one."""
    if access.can(person, "view", ResearchReport):
        return True
    return Receipt.objects.filter(person=person.pk).exists()


offers.add(
    offers.NavItem(
        "research.reports",
        "knowledge",
        _("Research reports"),
        "research:report-list",
        "file-analytics",
        10,
        reads_reports,
        folders=("/research/",),
    ),
    offers.NavItem(
        "research.findings",
        "knowledge",
        _("Information library"),
        "research:finding-list",
        "bulb",
        20,
        lambda person: access.can(person, "view", Finding),
    ),
)
