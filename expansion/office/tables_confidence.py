"""The lists of agreements, statements, rights in ideas and public matters."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.office.models import IpRight, Nda, PublicMatter, Statement
from expansion.office.selectors.confidence import (
    expiring,
    horizon,
    nda_state,
    right_state,
    statement_state,
)
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge, due_badge

# Confidentiality agreements


def nda_badge(nda: Nda) -> SafeString:
    return badge(*nda_state(nda, clock.today()))


def nda_end(nda: Nda) -> str:
    return formats.day_as("full", nda.until) if nda.until else gettext("without an end")


def survival(nda: Nda) -> str:
    return gettext("yes") if nda.survives_leaving else gettext("no")


def run_out(records: QuerySet[Nda]) -> QuerySet[Nda]:
    return records.filter(replaced_at=None, until__lt=clock.today())


def of_nda_state(records: QuerySet[Nda], key: str) -> QuerySet[Nda]:
    if key == "replaced":
        return records.exclude(replaced_at=None)
    if key == "run_out":
        return run_out(records)
    return records.filter(Q(until=None) | Q(until__gte=clock.today()), replaced_at=None)


NDA_STATES = (("valid", _("valid")), ("run_out", _("has run out")), ("replaced", _("replaced")))
NDAS = Listing(
    key="office.ndas",
    model=Nda,
    label=_("Confidentiality agreements"),
    name=_("Person"),
    title=lambda nda: nda.person.name,
    url=lambda nda: f"/office/confidence/ndas/{nda.pk}",
    columns=[
        Column(
            "state",
            _("State"),
            lambda nda: nda_state(nda, clock.today())[1],
            cell=nda_badge,
            phone="beside",
        ),
        Column(
            "edition",
            _("Version of the text"),
            lambda nda: nda.edition,
            sort="edition",
            phone="line",
        ),
        Column(
            "signed_on",
            _("Signed on"),
            lambda nda: nda.signed_on,
            "date",
            sort="signed_on",
            phone="line",
        ),
        Column(
            "until",
            _("Valid until"),
            lambda nda: nda.until,
            "date",
            sort="until",
            cell=nda_end,
            phone="line",
        ),
        Column("survives", _("Goes on after leaving"), survival, sort="survives_leaving"),
        Column("recorded_by", _("Recorded by"), lambda nda: nda.recorded_by.name, shown=False),
    ],
    filters=[
        Filter("state", _("State"), lambda person: NDA_STATES, of_nda_state),
        Filter(
            "survives",
            _("Goes on after leaving"),
            lambda person: [("yes", _("yes")), ("no", _("no"))],
            lambda records, key: records.filter(survives_leaving=key == "yes"),
        ),
    ],
    views=[
        SavedView("valid", _("Valid"), lambda records, person: of_nda_state(records, "valid")),
        SavedView("run_out", _("Has run out"), lambda records, person: run_out(records)),
        SavedView("mine", _("My own"), lambda records, person: records.filter(person=person)),
    ],
    search=lambda records, text: records.filter(
        Q(person__search__icontains=text) | Q(edition__icontains=text)
    ),
    search_hint=_("Person, pinyin, version of the text"),
    order=("-signed_on", "-pk"),
    prepare=lambda records: records.select_related("person", "recorded_by"),
)

# External statements


def statement_badge(statement: Statement) -> SafeString:
    return badge(*statement_state(statement, clock.today()))


def releasable(records: QuerySet[Statement], person: Any) -> QuerySet[Statement]:
    return records.filter(status=Statement.Status.APPROVED)


STATEMENTS = Listing(
    key="office.statements",
    model=Statement,
    label=_("External statements"),
    name=_("Title"),
    url=lambda statement: f"/office/confidence/statements/{statement.pk}",
    columns=[
        Column(
            "status",
            _("Status"),
            lambda one: statement_state(one, clock.today())[1],
            sort="status",
            cell=statement_badge,
            phone="beside",
        ),
        Column(
            "kind", _("Medium"), lambda one: str(one.get_kind_display()), sort="kind", phone="line"
        ),
        Column("audience", _("Audience"), lambda one: one.audience, phone="line"),
        Column(
            "planned_on",
            _("Planned release"),
            lambda one: one.planned_on,
            "date",
            sort="planned_on",
            phone="line",
        ),
        Column("owner", _("Written by"), lambda one: one.owner.name, sort="owner__name"),
        Column(
            "released_on", _("Released on"), lambda one: one.released_on, "date", sort="released_on"
        ),
        Column(
            "released_by",
            _("Released by"),
            lambda one: one.released_by.name if one.released_by else "",
            shown=False,
        ),
        Column("where", _("Released where"), lambda one: one.released_where, shown=False),
        Column("team", _("Team"), lambda one: one.team.name, sort="team__order", shown=False),
    ],
    filters=[
        Filter(
            "status",
            _("Status"),
            lambda person: Statement.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        Filter(
            "kind",
            _("Medium"),
            lambda person: Statement.Kind.choices,
            lambda records, key: records.filter(kind=key),
        ),
    ],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView("approved", _("To be released"), releasable),
        SavedView(
            "released",
            _("Released"),
            lambda records, person: records.filter(status=Statement.Status.RELEASED),
        ),
    ],
    search=lambda records, text: records.filter(
        Q(title__icontains=text) | Q(audience__icontains=text) | Q(owner__search__icontains=text)
    ),
    search_hint=_("Title, audience, author"),
    order=("-planned_on", "-pk"),
    prepare=lambda records: records.select_related("owner", "team", "released_by"),
)

# Rights in ideas


def kind_label(right: IpRight) -> str:
    """The kind in words; a key that the rulebook no longer lists shows as it is."""
    return kind_labels()(right)


def kind_labels() -> Callable[[IpRight], str]:
    known = dict(kinds(None))
    return lambda right: known.get(right.kind, right.kind)


def kinds(person: Any) -> list[tuple[str, str]]:
    return [(item.key, item.label()) for item in rules_on().documents.ip_kinds]


def right_words(right: IpRight) -> tuple[str, str]:
    return right_state(right, clock.today(), horizon(rules_on()))


def right_badge(right: IpRight) -> SafeString:
    return badge(*right_words(right))


def right_states() -> Callable[[IpRight], str]:
    today, last = clock.today(), horizon(rules_on())
    return lambda right: right_state(right, today, last)[1]


def of_right_state(records: QuerySet[IpRight], key: str) -> QuerySet[IpRight]:
    today = clock.today()
    if key == "soon":
        return records.filter(pk__in=expiring(rules_on()).order_by().values("pk"))
    if key == "expired":
        return records.filter(expires_on__lt=today)
    if key == "open":
        return records.filter(expires_on=None)
    return records.filter(expires_on__gte=today)


RIGHT_STATES = (
    ("soon", _("expires soon")),
    ("expired", _("expired")),
    ("running", _("valid")),
    ("open", _("without an end")),
)
RIGHTS = Listing(
    key="office.rights",
    model=IpRight,
    label=_("Intellectual property"),
    name=_("Name"),
    url=lambda right: f"/office/confidence/rights/{right.pk}",
    columns=[
        Column(
            "state",
            _("State"),
            lambda right: right_words(right)[1],
            cell=right_badge,
            phone="beside",
            many=right_states,
        ),
        Column("kind", _("Kind"), kind_label, sort="kind", phone="line", many=kind_labels),
        Column("number", _("Number"), lambda right: right.number, sort="number", phone="line"),
        Column("holder", _("Belongs to"), lambda right: right.holder, sort="holder"),
        Column(
            "registered_on",
            _("Registered on"),
            lambda right: right.registered_on,
            "date",
            sort="registered_on",
        ),
        Column(
            "expires_on",
            _("Valid until"),
            lambda right: right.expires_on,
            "date",
            sort="expires_on",
            phone="line",
        ),
        Column("recorded_by", _("Recorded by"), lambda right: right.recorded_by.name, shown=False),
        Column("note", _("Note"), lambda right: right.note, shown=False),
    ],
    filters=[
        Filter("kind", _("Kind"), kinds, lambda records, key: records.filter(kind=key)),
        Filter("state", _("State"), lambda person: RIGHT_STATES, of_right_state),
    ],
    views=[
        SavedView(
            "soon", _("Expires soon"), lambda records, person: of_right_state(records, "soon")
        ),
        SavedView(
            "expired", _("Expired"), lambda records, person: of_right_state(records, "expired")
        ),
    ],
    search=lambda records, text: records.filter(
        Q(title__icontains=text) | Q(number__icontains=text) | Q(holder__icontains=text)
    ),
    search_hint=_("Name, number, holder"),
    order=("title", "pk"),
    prepare=lambda records: records.select_related("recorded_by"),
)

# Public relations


def follow_up_cell(matter: PublicMatter) -> SafeString | str:
    if matter.follow_up_on is None:
        return ""
    return due_badge(matter.follow_up_on) or formats.day(matter.follow_up_on)


def to_follow_up(records: QuerySet[PublicMatter]) -> QuerySet[PublicMatter]:
    return records.filter(follow_up_on__lte=clock.today())


def of_follow_up(records: QuerySet[PublicMatter], key: str) -> QuerySet[PublicMatter]:
    if key == "due":
        return to_follow_up(records)
    if key == "ahead":
        return records.filter(follow_up_on__gt=clock.today())
    return records.filter(follow_up_on=None)


FOLLOW_UPS = (
    ("due", _("to follow up")),
    ("ahead", _("ahead")),
    ("none", _("nothing to follow up")),
)
MATTERS = Listing(
    key="office.matters",
    model=PublicMatter,
    label=_("Public relations"),
    name=_("Matter"),
    title=lambda matter: matter.matter,
    url=lambda matter: f"/office/confidence/matters/{matter.pk}",
    columns=[
        Column(
            "counterpart",
            _("Counterpart"),
            lambda matter: matter.counterpart,
            sort="counterpart",
            phone="line",
        ),
        Column(
            "owner",
            _("Dealt with by"),
            lambda matter: matter.owner.name,
            sort="owner__name",
            phone="line",
        ),
        Column(
            "happened_on",
            _("Date"),
            lambda matter: matter.happened_on,
            "date",
            sort="happened_on",
            phone="line",
        ),
        Column(
            "follow_up_on",
            _("Follow up on"),
            lambda matter: matter.follow_up_on,
            "date",
            sort="follow_up_on",
            cell=follow_up_cell,
            phone="line",
        ),
        Column("done", _("What was done"), lambda matter: matter.done, shown=False, width=40),
        Column("team", _("Team"), lambda matter: matter.team.name, sort="team__order", shown=False),
    ],
    filters=[Filter("follow_up", _("Follow up on"), lambda person: FOLLOW_UPS, of_follow_up)],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView("due", _("To follow up"), lambda records, person: to_follow_up(records)),
    ],
    search=lambda records, text: records.filter(
        Q(matter__icontains=text)
        | Q(counterpart__icontains=text)
        | Q(done__icontains=text)
        | Q(owner__search__icontains=text)
    ),
    search_hint=_("Matter, counterpart, person"),
    order=("-happened_on", "-pk"),
    prepare=lambda records: records.select_related("owner", "team"),
)
