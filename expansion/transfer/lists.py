"""Lists of this house that can be exported: staff, mandates, the trail, what was told and sent, and
the log of exports."""

from django.db.models import QuerySet

from expansion.audit.models import Entry
from expansion.audit.selectors import mark, searchable
from expansion.audit.tables import ENTRIES
from expansion.notices.models import Mail, Told
from expansion.notices.tables import SENT, TOLD
from expansion.people.models import Mandate, User
from expansion.people.tables import MANDATES, PEOPLE, by_unit
from expansion.transfer.models import Export
from expansion.transfer.registry import add_export
from expansion.transfer.tables import EXPORTS


def staff() -> QuerySet[User]:
    return by_unit(User.objects.all())


add_export(PEOPLE, staff)
add_export(MANDATES, Mandate.objects.all)
# A name in the trail is for those who may see the record (R-exp-26).
add_export(ENTRIES, Entry.objects.all, given=searchable, mark=mark)
add_export(EXPORTS, Export.objects.all)
add_export(SENT, Mail.objects.all)
add_export(TOLD, Told.objects.listed)
