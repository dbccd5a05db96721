"""The one registry: what a room or an app offers the house.

A lower room never imports a higher one. What it needs from above it finds here: menu entries,
home cards, to-dos, search sources, subjects of approval, report sections, tabs, reactions to named
events. Upper rooms register in the `ready()` of their `apps.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.module_loading import import_string

from expansion import rehearsal

Text = Any  # a str or a lazy translation


@dataclass(frozen=True)
class NavItem:
    """One line of the menu. `allowed` decides for a person; `count` names what waits there.

    It is marked on the pages whose address begins with its own, or with one of its `folders`.
    """

    key: str
    section: str  # one of SECTIONS
    label: Text
    route: str
    icon: str
    order: int
    allowed: Callable[[Any], bool]
    count: Callable[[Any], int] | None = None
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuickAct:
    """Something written down in a hurry: a line of the phone's ＋ sheet, and a key."""

    key: str
    label: Text
    route: str
    icon: str
    order: int
    allowed: Callable[[Any], bool]
    shortcut: str = ""
    offline: bool = False  # its form opens, and is kept, without a network


@dataclass(frozen=True)
class PersonFact:
    """What every page says of its person, read in the one query that finds the person.

    `expression()` is annotated to people under the name `key`; `OuterRef("pk")` is the person.
    """

    key: str
    expression: Callable[[], models.Expression]


SECTIONS = ("start", "clients", "knowledge", "daily", "appraisal", "administration")


@dataclass(frozen=True)
class Todo:
    """Something that waits for one person: what, where it is done, until when.

    `due` is `counted` where the calendar gave it and not a person: it is marked while it may move.
    """

    kind: str
    title: Text
    url: str
    due: datetime | None = None
    detail: Text = ""
    act: Text = ""
    badge: str = ""
    counted: bool = False


@dataclass(frozen=True)
class TodoSource:
    """Finds a person's to-dos of one kind; `list(person)` returns them most urgent first."""

    key: str
    label: Text
    order: int
    list: Callable[[Any], Iterable[Todo]]


@dataclass(frozen=True)
class Card:
    """A panel of the first page: `context(person)` returns None where it has nothing to say."""

    key: str
    order: int
    template: str
    context: Callable[[Any], dict | None]
    place: str = "main"  # "side"; "last" of the main column; "phone": a strip above all there


@dataclass(frozen=True)
class Purview:
    """What a viewer of the overview oversees: the people of some units, in one period.

    Every figure of the overview is of these units and people, and of no others.
    """

    units: frozenset[int]
    people: tuple[Any, ...]
    start: datetime
    end: datetime  # excluded

    @property
    def ids(self) -> list[int]:
        return [person.pk for person in self.people]


@dataclass(frozen=True)
class Insight:
    """A panel of the overview; `context(person, purview)` returns None where the person may not
    see what it shows."""

    key: str
    order: int
    template: str
    context: Callable[[Any, Purview], dict | None]
    place: str = "panel"  # or "lead": beside those who are late


@dataclass(frozen=True)
class Late:
    """Something of a person's that is past its due date.

    `url` is where the viewer looks, `act_url` where the late person does it. `what` is a lazy
    text: the late person reads it in the own language.
    """

    record: models.Model
    person: Any
    what: Text
    due: datetime
    url: str
    act_url: str


@dataclass(frozen=True)
class LateSource:
    """Finds what is past its due date: `list(person, purview, most)` returns what this person may
    see of it, the longest overdue first, in one query; at most so many, all of it for None.
    `allowed` says whether it is the person's to see at all. `label` names it where somebody who
    does not see every kind is told that nobody is behind with this one."""

    key: str
    label: Text
    order: int
    list: Callable[[Any, Purview, int | None], Iterable[Late]]
    allowed: Callable[[Any], bool]


@dataclass(frozen=True)
class Kept:
    """How many of several were kept: 4 / 5."""

    kept: int = 0
    of: int = 0

    def __bool__(self) -> bool:
        return bool(self.of)

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.kept + other.kept, self.of + other.of)


@dataclass(frozen=True)
class Sums:
    """Money by currency; two currencies are never added."""

    by_currency: tuple[tuple[str, Decimal], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_currency)

    def __add__(self, other: Sums) -> Sums:
        found = dict(self.by_currency)
        for currency, amount in other.by_currency:
            found[currency] = found.get(currency, Decimal()) + amount
        return Sums(tuple(sorted(found.items())))


@dataclass(frozen=True)
class TeamColumn:
    """A column of the overview's table of teams and people.

    `read(people, start, end)` returns {person id: value} in one query for any number of people; a
    person without a value may be absent. Values are whole numbers, `Kept` or `Sums`: `nothing` is
    the one they add up from. `url(person, ids)` is the list that explains a number of these
    people, empty where there is none or the person may not open it. `of` is the noun it counts: the
    column stands for those leaders only who see a team's records of it.
    """

    key: str
    label: Text
    order: int
    read: Callable[[Iterable[Any], datetime, datetime], Mapping[int, Any]]
    of: type[models.Model]
    unit: Text = ""
    nothing: Any = 0
    url: Callable[[Any, Iterable[int]], str] | None = None


@dataclass(frozen=True)
class Hit:
    """One answer of a search."""

    label: str
    url: str
    kind: Text
    icon: str = "search"
    detail: str = ""


@dataclass(frozen=True)
class SearchSource:
    """Finds visible records by name, pinyin, initials or phone tail: `find(person, text, most)`."""

    key: str
    order: int
    find: Callable[[Any, str, int], Iterable[Hit]]


@dataclass(frozen=True)
class Tieable:
    """A noun whose records are tied to those of neighbours (`relations`).

    `find(person, text, most)` gives the visible ones that the text names; without a text the
    newest.
    """

    model: type[models.Model]
    label: Text
    find: Callable[[Any, str, int], Iterable[Any]]

    @property
    def key(self) -> str:
        """The kind as addresses name it: `partnerships.project`."""
        return self.model._meta.label_lower


@dataclass(frozen=True)
class Size:
    """How large a matter is: by it a rulebook asks further deciders (R-exp-06).

    `amount` is in `currency`; `grade` is the client's, `level` that of secrecy. `below_line` says
    that it stays under the bottom line that was set for it.
    """

    amount: Decimal | None = None
    currency: str = "CNY"
    grade: str = ""
    level: str = ""
    below_line: bool = False


@dataclass(frozen=True)
class Subject:
    """A noun that can be approved, and what happens to it then.

    `kind` is the key of its chain in the rulebook. `document(record)` is the frozen copy the
    approvers decide over: a dict with `title`, `sections` [{key, label, text}] and `facts`
    [[label, value]]. The hooks run in the deciding transaction and receive
    (record, actor, request). Where a noun has several chains, `applies(record)` says which is
    whose. `concerned` is the column that names whom the matter is about: that person never
    decides it, as little as submitter and owner. `size(record)` says how large the matter is.
    `owner` is the column that names whose request it is. `lies_returned(record)` says whether it
    waits to be handed in again. A kind with an `own_chain` stands not
    among the approvals of the rulebook: the rules it is submitted with say who decides.
    """

    kind: str
    model: type[models.Model]
    label: Text
    url: Callable[[Any], str]
    document: Callable[[Any], dict]
    approved: Callable[[Any, Any, Any], None]
    returned: Callable[[Any, Any, Any], None]
    rejected: Callable[[Any, Any, Any], None]
    withdrawn: Callable[[Any, Any, Any], None]
    template: str = "approvals/_document.html"
    print_url: Callable[[Any], str] | None = None
    applies: Callable[[Any], bool] = lambda record: True
    concerned: str = ""
    owner: str = "owner"
    own_chain: bool = False
    size: Callable[[Any], Size] = lambda record: Size()
    lies_returned: Callable[[Any], bool] = lambda record: (
        record.status == "returned" and getattr(record, "deleted_at", None) is None
    )

    def owner_of(self, record: Any) -> int:
        """Whose request it is, by id."""
        found: int = getattr(record, f"{self.owner}_id")
        return found

    def kept_out(self, record: Any) -> frozenset[int]:
        """Whom the record is about, by id; nobody where it is about no person of the house."""
        found = getattr(record, f"{self.concerned}_id", None) if self.concerned else None
        return frozenset() if found is None else frozenset({found})


@dataclass(frozen=True)
class Figure:
    """A locked figure of a work report: `found` holds by person the records that make it up
    (`metrics.Evidence`), all of one kind. Its value is what they count together."""

    key: str
    label: Text
    found: Mapping[int, Sequence[Any]]
    unit: Text = ""


@dataclass(frozen=True)
class ReportSection:
    """A section of a work report drawn from the period's records.

    `draw(people, start, end)` (aware moments, end excluded) returns {"figures": [Figure],
    "lines": [text]}; the figures are locked, the lines a draft. The people are one, or all of a
    unit: the number of queries does not grow with them.
    """

    key: str
    label: Text
    order: int
    draw: Callable[[Sequence[Any], datetime, datetime], dict]


@dataclass(frozen=True)
class Tab:
    """A tab or panel on the page of another room's record."""

    key: str
    model: type[models.Model]
    label: Text
    order: int
    template: str
    context: Callable[[Any, Any], dict | None]  # (person, record)
    count: Callable[[Any, Any], int] | None = None


@dataclass(frozen=True)
class TimelineSource:
    """Entries of other rooms on a record's timeline: `entries(person, record)`."""

    key: str
    model: type[models.Model]
    entries: Callable[[Any, Any], Iterable[TimelineEntry]]


@dataclass(frozen=True)
class TimelineEntry:
    """One event on a timeline, newest first."""

    at: datetime
    icon: str
    title: Text
    who: str = ""
    text: Text = ""
    url: str = ""
    badge: tuple[str, Text] | None = None  # (tone, word)
    kind: str = ""
    lines: tuple[tuple[Text, str], ...] = ()
    photos: tuple[str, ...] = ()
    quotes: tuple[tuple[str, str, datetime], ...] = ()  # person, words, moment


@dataclass(frozen=True)
class Sheet:
    """A table that is no list of records and can be fetched as a workbook.

    `heads()` names the columns, `rows(person)` gives the texts of each row in their order.
    """

    key: str
    label: Text
    allowed: Callable[[Any], bool]
    heads: Callable[[], Iterable[Text]]
    rows: Callable[[Any], Iterable[Iterable[Any]]]


@dataclass(frozen=True)
class Firing:
    """Something that the rulebook lets happen by itself at a moment; `clause` is what asks it."""

    at: datetime
    what: Text
    who: Text = ""
    clause: str = ""


@dataclass(frozen=True)
class Foresight:
    """What a room will do by itself: `find(rules, start, end)` tells it for the moments from
    `start` to before `end`, by the rules alone and of no single person."""

    key: str
    order: int
    find: Callable[[Any, datetime, datetime], Iterable[Firing]]


@dataclass(frozen=True)
class Replayed:
    """One record under a draft of the rules: what happened, and what would have happened.

    Both are texts of the same kind, equal where nothing would differ; `after` is None where it
    cannot be said, and `note` says why. `record` is named to whoever may see it and to nobody
    else, with everything that is said of it here.
    """

    record: models.Model
    before: Text
    after: Text | None
    note: Text = ""
    name: Text = ""  # where the record's own label says too much or too little

    @property
    def label(self) -> Text:
        return self.name or str(self.record)

    @property
    def differs(self) -> bool:
        return self.after is not None and str(self.before) != str(self.after)


@dataclass(frozen=True)
class Replay:
    """What a draft of the rules would have changed in a closed period: `rows(rules, period)` reads
    the records of the period, in a number of queries that does not grow with them, and writes
    nothing. `note` says what is not replayed.

    `reads` is what of the rulebook it looks at, by path, `*` for any one step. `ends` tells the
    last days of what has closed and is worth replaying as a whole year or half-year. Where not
    everybody who sees a record may read what is said of it here, `read_by(person, rows)` gives
    those of the rows that the person may."""

    key: str
    label: Text
    order: int
    rows: Callable[[Any, Any], Iterable[Replayed]]
    note: Text = ""
    reads: Sequence[str] = ()
    ends: Callable[[], Iterable[date]] | None = None
    read_by: Callable[[Any, Iterable[Replayed]], Iterable[Replayed]] | None = None


@dataclass(frozen=True)
class Finding:
    """One row of a control check: what somebody did that has to be looked at.

    The first of `people` is who did it. `record` is named to whoever may see it and to nobody
    else, so `what` says nothing of it.
    """

    at: datetime | None
    people: tuple[Any, ...]
    what: Text
    record: models.Model | None = None


@dataclass(frozen=True)
class ControlCheck:
    """A line of the control list (R-exp-26): `find(person)` reads the records anew each time and
    returns every finding, the latest first; who reads it is asked afterwards.

    Where it is to `watch`, a finding is worth a look; everywhere else there must be none.
    """

    key: str
    label: Text
    order: int
    find: Callable[[Any], Iterable[Finding]]
    watch: bool = False


@dataclass(frozen=True)
class Holding:
    """What somebody holds that another has to take over (R-exp-19).

    `find(person)` gives the records; `owner` and `team` are the columns that change hands, `team`
    is empty where there is none. What `goes_with` (key of a holding, own column) hangs on a record
    of that holding goes where it goes.
    """

    key: str
    label: Text
    order: int
    find: Callable[[Any], models.QuerySet]
    owner: str = "owner"
    team: str = "team"
    goes_with: tuple[str, str] | None = None


@dataclass(frozen=True)
class GuestPage:
    """What a public one-time link opens (`guests.Pass.purpose` is the key), and what is done with
    what is sent there.

    `show(record)` gives what the page says: `title`, `intro`, `purpose`, `keeper`, `promise` and
    the button's `verb`; `form(record, **given)` its form. `closed(record)` is the sentence of a
    matter that takes no answer any more, else empty. `submit(record=, values=)` runs in the
    transaction that uses the link up. Who is logged in is told `refuses_house`, where it is given.
    """

    key: str
    show: Callable[[Any], dict[str, Any]]
    form: Callable[..., Any]
    closed: Callable[[Any], Text]
    submit: Callable[..., Any]
    template: str = "guests/_fields.html"
    refuses_house: Text = ""


@dataclass(frozen=True)
class Recipient:
    """Somebody outside who can be asked: the `record` they belong to, by which access is judged,
    the `contact` within it (0: the record itself), and in whose name and team it is worked."""

    record: models.Model
    contact: int
    name: str
    owner: Any
    team: Any
    has_email: bool = False

    @property
    def key(self) -> str:
        return f"{self.record.pk}-{self.contact}"


@dataclass(frozen=True)
class SurveyAudience:
    """People outside whom a questionnaire may ask.

    `find(person, text, most)` offers those that this person may ask; `pick(person, keys)` gives
    the chosen ones of them again. `email(record, contact)` is the address of the moment.
    """

    key: str
    label: Text
    order: int
    model: type[models.Model]
    find: Callable[[Any, str, int], Iterable[Recipient]]
    pick: Callable[[Any, Iterable[str]], Iterable[Recipient]]
    email: Callable[[Any, int], str]


@dataclass(frozen=True)
class Seed:
    """A room's rows for the demo department.

    `path` names the function that writes them through the services; it is read when it is asked
    for, so that a department at work carries no demo with it.
    """

    key: str
    order: int
    path: str

    def sow(self, demo: Any) -> None:
        import_string(self.path)(demo)


@dataclass(frozen=True)
class PresetSeed(Seed):
    """A room's rows for a small department by whichever shipped regulation it is given."""


@dataclass
class _Registry:
    """Offers by their class, in order; a key is unique within its class."""

    kept: dict[type, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    private: set[tuple[type, str]] = field(default_factory=set)
    reactions: dict[str, list[Callable[..., None]]] = field(
        default_factory=lambda: defaultdict(list)
    )


_registry = _Registry()


def add(*offers: Any, private: bool = False) -> None:
    """Registers offers of any kind; those that are `private` stay away from a rehearsal.

    Raises:
        LookupError: the key is taken.
    """
    for offer in offers:
        shelf = _registry.kept[type(offer)]
        key = getattr(offer, "key", None) or offer.kind
        if key in shelf:
            raise LookupError(f"{type(offer).__name__} {key!r} is offered twice.")
        shelf[key] = offer
        if private:
            _registry.private.add((type(offer), key))


def of(kind: type) -> list[Any]:
    """All offers of one class, by their `order`."""
    shelf = _registry.kept.get(kind, {})
    hidden = _registry.private if rehearsal.running() else ()
    shown = [offer for key, offer in shelf.items() if (kind, key) not in hidden]
    return sorted(shown, key=lambda offer: getattr(offer, "order", 0))


def subject_of(record: models.Model) -> Subject:
    """How this record is approved.

    Raises:
        LookupError: no app offers this model for approval.
    """
    for subject in of(Subject):
        if isinstance(record, subject.model) and subject.applies(record):
            return subject
    raise LookupError(f"{type(record).__name__} is not a subject of approval.")


def subjects_about_people() -> list[Subject]:
    """The kinds of approval whose matter is a person of the house."""
    return [one for one in _registry.kept[Subject].values() if one.concerned]


def react(event: str, reaction: Callable[..., None]) -> None:
    """`reaction(actor=…, record=…, **facts)` runs in the transaction that announces `event`."""
    _registry.reactions[event].append(reaction)


def announce(event: str, *, actor: Any, record: Any, **facts: Any) -> None:
    """Tells every room that reacts to `event`, within the caller's transaction."""
    for reaction in _registry.reactions[event]:
        reaction(actor=actor, record=record, **facts)
