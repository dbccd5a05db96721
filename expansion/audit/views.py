"""Pages of the trail: reading only, there is no way to write or remove an entry (R-exp-26)."""

from typing import Any

from expansion import access
from expansion.audit.models import Entry
from expansion.audit.tables import ENTRIES, SOURCES, who
from expansion.audit.wording import act_label, changed_values
from expansion.ui.pages import DetailPage, ListPage


class EntryList(ListPage):
    listing = ENTRIES


class EntryDetail(DetailPage):
    """One act with the values before and after."""

    model = Entry
    template = "audit/entry.html"

    def records(self):
        return Entry.objects.select_related("actor", "for_person")

    def context(self, record: Entry) -> dict[str, Any]:
        return {
            "label": act_label(record),
            "who": who(record),
            "source": SOURCES[record.source],
            "rows": list(changed_values(record)),
            "record_url": record_url(self.request.user, record),
        }


def record_url(person: Any, entry: Entry) -> str:
    """Where the record stands, for those who may open it."""
    about = entry.about
    if about is None or type(about) not in access.rules() or not hasattr(about, "get_absolute_url"):
        return ""
    return about.get_absolute_url() if access.can(person, "view", about) else ""
