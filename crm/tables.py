"""The lists of this app."""

from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm import own_fields
from crm.models import Client, Contact, ContactPoint
from crm.searching import matching
from expansion import access, clock
from expansion.people.models import User
from expansion.people.selectors import members_on
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import choices_of
from expansion.ui import formats
from expansion.ui.listing import Act, Column, Filter, Listing, RowAct, SavedView, Thumb
from expansion.ui.templatetags.ui import due_badge, grade

MIDNIGHT = time(0)
MOST_CHOICES = 200
# Columns of a client that no list shows, long ones among them.
NOT_LISTED = (
    "updated_at", "deleted_by", "identity", "search", "credit_code", "size", "business_scope",
    "preferences", "address", "latitude", "longitude", "source", "size_rating", "spending_rating",
    "note", "first_contact_on",
)  # fmt: skip


def with_main_contact(records: QuerySet) -> QuerySet:
    """Clients with owner, main contact and its first number, in one query whatever their number."""
    contacts = Contact.objects.filter(client=OuterRef("pk"), deleted_at=None)
    phones = ContactPoint.objects.filter(
        client=OuterRef("pk"), kind=ContactPoint.Kind.PHONE, contact__deleted_at=None
    )
    return records.select_related("owner").annotate(
        contact_name=Subquery(contacts.values("name")[:1]),
        phone=Subquery(phones.order_by("-contact__main", "pk").values("value")[:1]),
    )


def next_contact(client: Client) -> SafeString | str:
    """The day and, where it is near, how near."""
    day = client.next_contact_on
    return due_day(day, formats.today(), get_language()) if day else ""


@lru_cache(maxsize=1024)
def due_day(day: date, today: date, language: str) -> SafeString:
    """Drawn once a day and language: many rows of a list fall on one day."""
    return format_html("<span>{}</span> {}", formats.day(day), due_badge(day))


def due_fact(day: date | None) -> dict[str, Any]:
    """A day for the facts line, with how far it is off."""
    if day is None:
        return {"value": formats.NOTHING}
    left = (day - clock.today()).days
    if left < 0:
        word = ngettext("%(days)d day overdue", "%(days)d days overdue", -left) % {"days": -left}
        return {"value": formats.day_as("long", day), "tone": "late", "word": word}
    word = gettext("Today") if left == 0 else ""
    if 0 < left <= 7:
        word = ngettext("in %(days)d day", "in %(days)d days", left) % {"days": left}
    return {"value": formats.day_as("long", day), "tone": "due", "word": word}


def stage_label(client: Client) -> str:
    return label_in(client_stages(), client.stage)


def label_in(items, key: str) -> str:
    """The label of a listed key; a key that the rulebook no longer lists shows as it is."""
    return next((item.label() for item in items if item.key == key), key)


def labels(items: Callable[[], Iterable[Any]], field: str) -> Callable[[], Callable[[Any], str]]:
    """For `Column.many`: what `label_in` says of each record's `field`, the list asked once."""

    def asked() -> Callable[[Any], str]:
        known = {item.key: item.label() for item in items()}
        return lambda record: known.get(key := getattr(record, field), key)

    return asked


def client_stages() -> Iterable[Any]:
    return rules_on().pipeline("client").stages


def client_kinds() -> Iterable[Any]:
    return rules_on().crm.client_kinds


def kinds(person: User) -> list[tuple[str, str]]:
    return choices_of(client_kinds())


def has_kinds() -> bool:
    return bool(client_kinds())


def has_territories() -> bool:
    return bool(own_fields.of_territory(rules_on()))


def has_history() -> bool:
    return bool(rules_on().crm.history_fields)


def history() -> Callable[[Client], str]:
    """For `Column.many`: what a client's file holds by the rulebook's history of cooperation."""
    asked = [one for one in own_fields.of_client(rules_on()) if not one.column]
    return lambda client: own_fields.told(asked, client)


def _title(column: str, otherwise: Any) -> str:
    """Where territories are kept, the rulebook says what the column is called."""
    return own_fields.titles_of_columns(own_fields.of_territory(rules_on())).get(
        column, str(otherwise)
    )


title = lazy(_title, str)


def written_in(column: str) -> Callable[[User], list[tuple[str, str]]]:
    """What stands in a column of the clients that a person sees, for a filter."""

    def choices(person: User) -> list[tuple[str, str]]:
        seen = access.visible_to(person, Client.objects.live()).exclude(**{column: ""})
        found = seen.order_by(column).values_list(column, flat=True).distinct()[:MOST_CHOICES]
        return [(one, one) for one in found]

    return choices


def stages(person: User) -> list[tuple[str, str]]:
    return [(stage.key, stage.label()) for stage in client_stages()]


def colleagues(person: User) -> list[tuple[str, str]]:
    """The people in whose units this person has a seat, for the owner filter."""
    units = {unit for seat in person.seats for unit in seat.units}
    return [(str(user.pk), user.name) for user in members_on(units, clock.today())]


def client_badges(client: Client) -> SafeString | str:
    if not client.grade and not client.major:
        return ""
    return format_html(
        " {}{}",
        grade(client.grade),
        format_html(' <span class="tag">{}</span>', _("major")) if client.major else "",
    )


# By owner, as every list of the desk is narrowed.
OWNED_BY = Filter(
    "owner",
    _("Owner"),
    colleagues,
    lambda records, key: records.filter(owner_id=key),
    many=True,
)

CLIENTS = Listing(
    key="crm.clients",
    model=Client,
    label=_("Clients"),
    url=lambda client: f"/crm/clients/{client.pk}",
    columns=[
        Column(
            "next_contact",
            _("Next contact"),
            lambda c: c.next_contact_on,
            "date",
            sort="next_contact_on",
            cell=next_contact,
            phone="beside",
        ),
        Column(
            "stage",
            _("Stage"),
            stage_label,
            sort="stage",
            phone="line",
            many=labels(client_stages, "stage"),
        ),
        Column("owner", _("Owner"), lambda c: c.owner.name, sort="owner__name", phone="line"),
        Column("contact", _("Contact"), lambda c: c.contact_name, phone="line"),
        Column("phone", _("Phone"), lambda c: c.phone, "phone", phone="line"),
        Column(
            "industry",
            title("industry", _("Industry")),
            lambda c: c.industry,
            sort="industry",
            shown=False,
        ),
        Column(
            "region", title("region", _("Region")), lambda c: c.region, sort="region", shown=False
        ),
        Column(
            "category",
            _("Kind of client"),
            lambda c: label_in(client_kinds(), c.category),
            sort="category",
            shown=False,
            many=labels(client_kinds, "category"),
            offered=has_kinds,
        ),
        Column(
            "history",
            _("Cooperation history"),
            lambda c: history()(c),
            shown=False,
            many=history,
            offered=has_history,
        ),
        Column(
            "last_visit",
            _("Last visit"),
            lambda c: c.last_visit_at,
            "moment",
            sort="last_visit_at",
            shown=False,
        ),
        Column(
            "last_contact",
            _("Last contact"),
            lambda c: c.last_contact_at,
            "moment",
            sort="last_contact_at",
        ),
        Column(
            "created", _("Created"), lambda c: c.created_at, "date", sort="created_at", shown=False
        ),
    ],
    filters=[
        Filter("stage", _("Stage"), stages, lambda records, key: records.filter(stage=key)),
        OWNED_BY,
        Filter(
            "category",
            _("Kind of client"),
            kinds,
            lambda records, key: records.filter(category=key),
            offered=has_kinds,
        ),
        Filter(
            "region",
            title("region", _("Region")),
            written_in("region"),
            lambda records, key: records.filter(region=key),
            many=True,
            offered=has_territories,
        ),
        Filter(
            "industry",
            title("industry", _("Industry")),
            written_in("industry"),
            lambda records, key: records.filter(industry=key),
            many=True,
            offered=has_territories,
        ),
    ],
    acts=[
        Act(_("Hand over"), "user-share", "crm:clients-reassign", action="reassign"),
        Act(_("Delete"), "trash", "crm:clients-delete", action="delete", danger=True),
    ],
    badges=client_badges,
    row_acts=[
        RowAct(_("Call"), "phone", "/crm/communications/new?client={pk}"),
        RowAct(_("Log visit"), "map-pin", "/crm/visits/new?client={pk}"),
        RowAct(_("Next contact"), "calendar-event", "/crm/clients/{pk}/next-contact"),
        RowAct(_("Edit"), "pencil", "/crm/clients/{pk}/edit"),
    ],
    thumb=Thumb(_("Call"), "phone", lambda client: f"/crm/communications/new?client={client.pk}"),
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView(
            "due",
            _("Contact due"),
            lambda records, person: records.contact_due(clock.today()).filter(owner=person),
        ),
        SavedView(
            "quiet",
            _("30 days without contact"),
            lambda records, person: records.filter(
                Q(last_contact_at=None) | Q(last_contact_at__lt=clock.now() - timedelta(days=30))
            ),
        ),
        SavedView(
            "new",
            _("New this month"),
            lambda records, person: records.filter(
                created_at__gte=clock.moment_on(clock.today().replace(day=1), MIDNIGHT)
            ),
        ),
    ],
    search=matching,
    search_hint=_("Name, pinyin, initials, phone tail"),
    prepare=lambda records: with_main_contact(records).defer(*NOT_LISTED),
)
