"""The list of entries."""

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.audit.models import Entry, Source
from expansion.audit.selectors import label_of
from expansion.audit.wording import ACTS, ROOMS, act_label, changes_of
from expansion.ui.listing import Column, Filter, Listing
from expansion.ui.templatetags.ui import stamp

MIDNIGHT = time(0)
SPANS = {
    "today": (_("Today"), 0),
    "week": (_("Last 7 days"), 6),
    "month": (_("Last 30 days"), 29),
    "quarter": (_("Last 90 days"), 89),
}
SOURCES = {
    Source.PAGE: _("page"),
    Source.API: "API",
    Source.IMPORT: _("import"),
    Source.TASK: _("by itself"),
    Source.COMMAND: _("command"),
    Source.REHEARSAL: _("rehearsal"),
}


def who(entry: Entry) -> SafeString | str:
    """The actor, with the principal where it was done for somebody."""
    if entry.actor is None:
        return str(_("the system"))
    if entry.for_person is None:
        return str(entry.actor)
    return stamp(str(entry.actor), str(entry.for_person))


def door(entry: Entry) -> str:
    """The way it came, with the token where one opened it."""
    words = str(SOURCES[Source(entry.source)])
    return f"{words} · {entry.token}" if entry.token else words


def principal(entry: Entry) -> str:
    return str(entry.for_person or "")


def record_name(entry: Entry) -> SafeString | str:
    """The record's name, or that it is not for this reader."""
    if not entry.is_open:
        return format_html('<span class="muted">{}</span>', _("not for you to see"))
    return label_of(entry)


def people(person: Any) -> Iterable[tuple[str, str]]:
    found = get_user_model()._default_manager.order_by("name")
    return [(str(pk), name) for pk, name in found.values_list("pk", "name")]


def by_person(entries: QuerySet[Entry], key: str) -> QuerySet[Entry]:
    return entries.filter(Q(actor_id=key) | Q(for_person_id=key))


def since(entries: QuerySet[Entry], key: str) -> QuerySet[Entry]:
    first = clock.today() - timedelta(days=SPANS[key][1])
    return entries.filter(at__gte=clock.moment_on(first, MIDNIGHT))


def acts(person: Any) -> list[tuple[str, Any]]:
    """Each word once, in the order of its letters in the reader's language."""
    words: dict[str, str] = {}
    for key, label in ACTS.items():
        words.setdefault(str(label), key)
    return [(key, label) for label, key in sorted(words.items())]


def with_act(entries: QuerySet[Entry], key: str) -> QuerySet[Entry]:
    same = [word for word, label in ACTS.items() if str(label) == str(ACTS[key])]
    condition = Q()
    for word in same:
        condition |= Q(verb__endswith=f".{word}")
    return entries.filter(condition)


def matching(entries: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    """Those whose record is called so; whether there is one that may not be seen, nobody learns."""
    return entries.filter(open_to_reader=True, about_label__icontains=text)


ENTRIES = Listing(
    key="audit.entries",
    model=Entry,
    label=_("Trail"),
    name=_("Act"),
    title=act_label,
    url=lambda entry: f"/audit/{entry.pk}",
    columns=[
        Column("about", _("Record"), label_of, cell=record_name),
        Column("actor", _("Who"), lambda entry: str(entry.actor or ""), cell=who),
        Column("for", _("For"), principal, shown=False),
        Column("source", _("By way of"), door),
        Column("at", _("When"), lambda entry: entry.at, "moment", sort="at"),
        Column("changes", _("Changes"), changes_of, shown=False, width=60),
    ],
    filters=[
        Filter(
            "room",
            _("Room"),
            lambda person: list(ROOMS.items()),
            lambda entries, key: entries.filter(verb__startswith=f"{key}."),
        ),
        Filter("act", _("Act"), acts, with_act),
        Filter("person", _("Who"), people, by_person, many=True),
        Filter(
            "source",
            _("By way of"),
            lambda person: list(SOURCES.items()),
            lambda entries, key: entries.filter(source=key),
        ),
        Filter("since", _("When"), lambda person: [(k, v[0]) for k, v in SPANS.items()], since),
    ],
    search=matching,
    search_hint=_("Name of the record"),
    order=("-at", "-pk"),
    prepare=lambda entries: entries.select_related("actor", "for_person"),
)
