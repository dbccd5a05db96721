"""What agreements, statements, rights and public matters offer the house: a subject of approval,
and their exports."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import offers
from expansion.files.selectors import attachments
from expansion.office import tables_confidence as tables
from expansion.office.models import IpRight, Nda, PublicMatter, Statement
from expansion.office.services import statements
from expansion.transfer.registry import add_export
from expansion.ui import formats


def document(statement: Statement) -> dict[str, Any]:
    """The frozen copy that is decided over, with the checksum of every file attached."""
    return {
        "title": statement.title,
        "facts": [[label, value] for label, value in _facts(statement)],
        "sections": [{"key": "text", "label": _("Text"), "text": statement.text or _("None.")}],
    }


def _facts(statement: Statement) -> Iterator[tuple[str, str]]:
    yield _("Medium"), str(statement.get_kind_display())
    yield _("Audience"), statement.audience
    yield _("Planned release"), formats.day_as("full", statement.planned_on)
    yield _("Written by"), statement.owner.name
    for file in attachments(statement):
        yield _("File %(name)s") % {"name": file.name}, f"SHA-256 {file.digest}"


offers.add(
    offers.Subject(
        kind="external_statement",
        model=Statement,
        label=gettext_lazy("External statement"),
        url=lambda statement: f"/office/confidence/statements/{statement.pk}",
        document=document,
        approved=statements.statement_approved,
        returned=statements.statement_returned,
        rejected=statements.statement_rejected,
        withdrawn=statements.submission_withdrawn,
        template="office/_statement_document.html",
    ),
)
add_export(tables.NDAS, Nda.objects.live)
add_export(tables.STATEMENTS, Statement.objects.all)
add_export(tables.RIGHTS, IpRight.objects.live)
add_export(tables.MATTERS, PublicMatter.objects.live)
