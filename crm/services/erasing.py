"""Forgetting a contact person lawfully, and telling what is kept of one (law 8)."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.models import Client, Contact
from crm.naming import firm_key
from crm.personal import MARK, OWN, Traces, about_client, entries_about, rows_about, traces_of
from crm.services.contacts import refresh_search
from expansion import access
from expansion.audit.erasing import blank_entries
from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.errors import NotNow
from expansion.notices.erasing import blank_notices
from expansion.notices.models import Notice
from expansion.people.models import User
from expansion.records import About, lock
from expansion.relations.models import Relation
from expansion.surveys.services.forgetting import forget_recipient
from expansion.transfer import keeping
from expansion.transfer.models import Import, ImportRow

ENDED = (Import.Status.DONE, Import.Status.UNDONE, Import.Status.FAILED)
OF_A_PRIVATE_CLIENT = ("address", "note", "preferences", "business_scope")


@transaction.atomic
def erase_person(*, actor: User, record: Contact, reason: str) -> Contact:
    """Blanks the personal values of one contact, and their copies; what hangs on it stays.

    Gone are name, post, birthday, note, numbers and addresses, in the client's search words, in
    rows of imported sheets with their files, in notices, and in labels and values of the trail,
    earlier ones too. A private client is its own contact and loses its name as well. Texts about
    visits, deals and contracts are records of the business and stay.

    Raises:
        Forbidden: this is not the person's to do.
        NotNow: nothing personal is left, or an import that names the person is still open.
    """
    access.require(actor, "erase", record)
    client = lock(Client.objects.all(), record.client_id)
    contact = lock(Contact.objects.all(), record.pk)
    contact.client = client
    traces = traces_of(contact)
    if not (any(getattr(contact, name) for name in OWN) or contact.points.exists()):
        raise NotNow(_("Nothing personal is left of this contact."))
    counts = {
        "import_rows": _blank_rows(contact, traces),
        "entries": blank_entries(entries_about(client), traces.out_of_entry),
        "notices": blank_notices(Notice.objects.filter(about_client(client)), traces.out_of),
        "points": contact.points.count(),
        "survey_rows": forget_recipient(
            actor=actor, record=client, contact=contact.pk, alone=_is_alone(contact, traces)
        ),
    }
    _blank_labels(client, traces)
    _blank(contact, traces)
    told = {"contact_id": [None, contact.pk], "reason": [None, traces.out_of(reason)]}
    write(
        actor=actor,
        verb="crm.contact.erased",
        about=client,
        changes=told | {name: [count, 0] for name, count in counts.items()},
    )
    return contact


def _is_alone(contact: Contact, traces: Traces) -> bool:
    """A private client is its own contact."""
    client = contact.client
    return client.kind == Client.Kind.PERSON and client.name in traces.names


def _blank(contact: Contact, traces: Traces) -> None:
    """The record itself stays, and all that points at it."""
    contact.points.all().delete()
    contact.name = contact.post = contact.note = ""
    contact.birthday = None
    contact.version += 1
    contact.save()
    client = contact.client
    if _is_alone(contact, traces):
        _blank_private(client)
    refresh_search(client)


def _blank_private(client: Client) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        client.name = _("erased person %(number)s") % {"number": client.pk}
    client.identity = firm_key(client.name)
    for name in OF_A_PRIVATE_CLIENT:
        setattr(client, name, "")
    client.own = {}
    client.latitude = client.longitude = None
    client.version += 1
    client.save()


def _blank_labels(client: Client, traces: Traces) -> None:
    """Rows of every room about the client name it, and so a private client, by a label."""
    labelled = [one for one in apps.get_models() if issubclass(one, About) and one is not Entry]
    ends = [(model, "about") for model in labelled]
    for model, end in [*ends, (Relation, "source"), (Relation, "target")]:
        rows = model._base_manager.filter(about_client(client, end)).order_by()
        for label in set(rows.values_list(f"{end}_label", flat=True)) - {""}:
            left = traces.out_of(label) or MARK
            if left != label:
                rows.filter(**{f"{end}_label": label}).update(**{f"{end}_label": left})


def _blank_rows(contact: Contact, traces: Traces) -> int:
    """The rows of sheets; the sheets themselves are deleted before their time."""
    changed = list(_changed(contact, traces))
    batches = Import.objects.filter(pk__in={row.batch_id for row in changed})
    if batches.exclude(status__in=ENDED).exists():
        raise NotNow(_("An import that names this person is still open. Finish it first."))
    for batch in batches.exclude(key=""):
        transaction.on_commit(lambda key=batch.key: keeping.forget(key))
    fields = ["cells", "label", "identity", "problems", "reason", "written"]
    ImportRow.objects.bulk_update(changed, fields, batch_size=200)
    return len(changed)


def _changed(contact: Contact, traces: Traces) -> Iterator[ImportRow]:
    keys = {firm_key(name) for name in traces.names}
    for row in rows_about(contact, traces):
        before = _texts(row)
        row.cells, row.written = traces.out_of_cells(row.cells), traces.out_of(row.written)
        row.label, row.reason = traces.out_of(row.label), traces.out_of(row.reason)
        row.problems = traces.out_of(row.problems)
        row.identity = "" if row.identity in keys else row.identity
        if _texts(row) != before:
            yield row


def _texts(row: ImportRow) -> tuple[Any, ...]:
    return row.cells, row.written, row.label, row.reason, row.problems, row.identity
