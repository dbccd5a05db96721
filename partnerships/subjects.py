"""What of this app is approved, and the frozen copy that is decided over."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import offers
from expansion.files.selectors import attachments
from expansion.offers import Size
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import offered
from expansion.ui import formats
from partnerships.models import Project
from partnerships.requirements import SCHEME
from partnerships.services import schemes


def document(project: Project) -> dict[str, Any]:
    """The scheme as its approver reads it, with what is to be looked at (A-3.3.3b) and the checksum
    of every file attached."""
    return {
        "title": project.title,
        "amount": formats.money(project.amount, project.currency),
        "facts": [[label, value] for label, value in _facts(project) if value],
        "sections": list(_sections(project)),
    }


def _facts(project: Project) -> Iterator[tuple[str, str]]:
    yield _("Partner"), project.client.name
    yield _("Project lead"), project.owner.name
    yield _("Planned start"), formats.day_as("full", project.planned_start)
    yield _("Planned end"), formats.day_as("full", project.planned_end)
    yield _("Expected amount"), formats.money(project.amount, project.currency)
    for file in attachments(project):
        yield _("File %(name)s") % {"name": file.name}, f"SHA-256 {file.digest}"


def _sections(project: Project) -> Iterator[dict[str, str]]:
    for name in ("scheme", "resources"):
        label = str(Project._meta.get_field(name).verbose_name)
        if text := getattr(project, name):
            yield {"key": name, "label": label, "text": text}
    asked = [item.label() for item in offered(rules_on().partnerships.scheme_checklist)]
    if asked:
        yield {"key": "checklist", "label": _("To be checked"), "text": "\n".join(asked)}


def size_of(project: Project) -> Size:
    return Size(amount=project.amount, currency=project.currency, grade=project.client.grade)


offers.add(
    offers.Subject(
        kind=SCHEME,
        model=Project,
        label=gettext_lazy("Cooperation scheme"),
        url=lambda project: f"/partnerships/projects/{project.pk}",
        document=document,
        approved=schemes.scheme_approved,
        returned=schemes.scheme_returned,
        rejected=schemes.scheme_rejected,
        withdrawn=schemes.scheme_withdrawn,
        size=size_of,
        lies_returned=lambda project: (
            project.is_open and project.scheme_status == Project.SchemeStatus.RETURNED
        ),
    ),
)
