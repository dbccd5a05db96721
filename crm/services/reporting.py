"""What is kept of one contact person, told to the person on request; each time is written down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import Contact
from crm.personal import OWN, Traces, entries_about, hanging, rows_about, traces_of
from expansion import access
from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.people.models import User
from expansion.surveys.selectors import asked_contact
from expansion.ui import formats

FORMATS = ("xlsx", "json")


@dataclass(frozen=True)
class Line:
    """One thing that is kept: in which part, what it is, what it says, from when."""

    part: str
    what: str
    value: str
    at: datetime | None = None


@dataclass(frozen=True)
class Report:
    """All lines, and the entry of the trail that says who was given them."""

    entry: Entry
    lines: tuple[Line, ...]

    @property
    def number(self) -> str:
        return f"P{self.entry.pk:06d}"


@transaction.atomic
def person_report(*, actor: User, record: Contact, file_format: str) -> Report:
    """Everything that is kept of one contact, in full: own values, numbers, visits, talks, rows of
    imported sheets, entries of the trail, and texts that mention the name.

    Raises:
        Forbidden: this is not the person's to give out.
    """
    access.require(actor, "report", record)
    contact = Contact.objects.select_related("client").get(pk=record.pk)
    lines = tuple(_lines(contact, traces_of(contact)))
    entry = write(
        actor=actor,
        verb="crm.contact.reported",
        about=record.client,
        changes={
            "contact_id": [None, record.pk],
            "count": [None, len(lines)],
            "format": [None, file_format],
        },
    )
    return Report(entry, lines)


def _lines(contact: Contact, traces: Traces) -> Iterator[Line]:
    yield from _own(contact)
    yield from _met(contact)
    yield from _asked(contact)
    yield from _copies(contact, traces)
    yield from _mentions(contact, traces)


def _own(contact: Contact) -> Iterator[Line]:
    part = _("Contact")
    yield Line(part, _("client"), str(contact.client), contact.created_at)
    for name in OWN:
        label = str(Contact._meta.get_field(name).verbose_name)
        yield Line(part, label, str(getattr(contact, name) or ""))
    for point in contact.points.select_related("added_by"):
        value = f"{point.value} {point.extension}".strip()
        by = _("entered by %(name)s") % {"name": point.added_by} if point.added_by else ""
        yield Line(_("Numbers and addresses"), point.get_kind_display(), f"{value} {by}".strip())


def _met(contact: Contact) -> Iterator[Line]:
    for visit in contact.visits.order_by("pk").select_related("client", "visitor"):
        when = visit.took_place_at or visit.planned_at
        yield Line(_("Visits"), str(visit), _said(visit.visitor, visit.said), when)
    for talk in contact.communications.order_by("pk").select_related("by"):
        yield Line(_("Calls and messages"), str(talk), _said(talk.by, talk.said), talk.at)


def _said(by: Any, words: str) -> str:
    return _(": ").join(one for one in (str(by), words) if one)


def _asked(contact: Contact) -> Iterator[Line]:
    """Surveys that asked the person; what was answered is kept as nobody's."""
    for one in asked_contact(contact.client, contact.pk):
        answered = _("answered on %(day)s") % {"day": formats.day_as("full", one.answered_on)}
        state = answered if one.answered_on else _("not answered")
        yield Line(_("Surveys"), one.questionnaire.title, state, one.questionnaire.sent_at)


def _copies(contact: Contact, traces: Traces) -> Iterator[Line]:
    """Rows of sheets and entries that repeat a value, told by what erasing would change."""
    for row in rows_about(contact, traces).select_related("batch"):
        if traces.out_of_cells(row.cells) != row.cells:
            cells = " | ".join(str(cell) for cell in row.cells if cell not in (None, ""))
            place = _("%(file)s, row %(row)s") % {"file": row.batch.name, "row": row.number}
            yield Line(_("Imported sheets"), place, cells, row.batch.created_at)
    for entry in entries_about(contact.client).order_by("pk"):
        if traces.out_of_entry(entry, entry.changes) != entry.changes:
            yield Line(_("Trail"), entry.verb, _pairs(entry.changes), entry.at)


def _pairs(changes: dict[str, Any]) -> str:
    return _("; ").join(_(": ").join((name, str(value))) for name, value in changes.items())


def _mentions(contact: Contact, traces: Traces) -> Iterator[Line]:
    """Texts of the business that hold the name or a number; erasing leaves them as they are."""
    words = traces.names | traces.numbers | traces.addresses
    for model, path in hanging().items():
        texts = [one for one in model._meta.concrete_fields if _is_text(one)]
        for record in model._base_manager.filter(
            _holding(texts, words), **{path: contact.client_id}
        ):
            for one in texts:
                text = str(getattr(record, one.attname) or "")
                if model is not Contact and any(word in text for word in words):
                    name = f"{capfirst(str(model._meta.verbose_name))} · {one.verbose_name}"
                    yield Line(_("Texts that mention the person"), name, text)


def _is_text(field: models.Field) -> bool:
    return isinstance(field, models.CharField | models.TextField) and not field.choices


def _holding(texts: list[models.Field], words: frozenset[str]) -> Q:
    condition = Q(pk__in=[])
    for one in texts:
        for word in words:
            condition |= Q(**{f"{one.name}__contains": word})
    return condition


def as_data(report: Report) -> dict[str, Any]:
    """The report for a program."""
    return {
        "number": report.number,
        "given_at": report.entry.at,
        "given_by": str(report.entry.actor),
        "lines": [vars(line) for line in report.lines],
    }


def as_rows(report: Report) -> Iterator[list[str]]:
    for line in report.lines:
        at = formats.moment(line.at) if line.at else ""
        yield [capfirst(line.part), line.what, line.value, at]
