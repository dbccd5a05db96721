"""Pages of the trail: reading only, there is no way to write or remove an entry (R-exp-26)."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from expansion import access
from expansion.audit import controls
from expansion.audit.models import Entry
from expansion.audit.selectors import for_reader, label_of, searchable
from expansion.audit.tables import ENTRIES, door, who
from expansion.audit.wording import act_label, changed_values
from expansion.ui.gates import May
from expansion.ui.pages import DetailPage, ListPage, Screen

MOST_ROWS = 200  # on the page; the file holds all


class EntryList(ListPage):
    listing = ENTRIES
    template = "audit/entry_list.html"
    export_route = "transfer:export-create"

    def records(self):
        reader, entries = self.request.user, Entry.objects.all()
        if "q" in self.request.GET:
            entries = searchable(reader, entries)
        return for_reader(reader, entries)


class ControlList(Screen):
    """The control list, computed while it is asked for: how many each check finds."""

    gate = May("view", Entry)
    template = "audit/controls.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        may_export = access.can(request.user, "export", Entry)
        checks = controls.found(request.user)
        return self.draw({"checks": checks, "may_export": may_export})


class ControlRows(Screen):
    """What one check finds, down to the records."""

    gate = May("view", Entry)
    template = "audit/control.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        check, rows = controls.rows_of(request.user, key)
        shown = rows[:MOST_ROWS]
        return self.draw({"check": check, "rows": shown, "count": len(rows)})


class EntryDetail(DetailPage):
    """One act; the values before and after for those who may see the record."""

    model = Entry
    template = "audit/entry.html"

    def records(self):
        entries = Entry.objects.select_related("actor", "for_person")
        return for_reader(self.request.user, entries)

    def context(self, record: Entry) -> dict[str, Any]:
        return {
            "label": act_label(record),
            "who": who(record),
            "source": door(record),
            "name": label_of(record),
            "rows": list(changed_values(record)) if record.is_open else [],
            "record_url": record_url(self.request.user, record),
        }


def record_url(person: Any, entry: Entry) -> str:
    """Where the record stands, for those who may open it."""
    about = entry.about
    if about is None or type(about) not in access.rules() or not hasattr(about, "get_absolute_url"):
        return ""
    return about.get_absolute_url() if access.can(person, "view", about) else ""
