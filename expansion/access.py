"""Who may see and do what: one gate for pages, lists, totals, pickers, search, files, exports,
imports, API, notices and tasks. It fails closed: a model without a rule is visible to nobody.

Each app registers one `Rule` per model from its `access.py`. A rule grants an action to a role
with a scope; the scope is read from the record's own `owner` and `team` columns, or from those of
the record it hangs on (access flows from the client to all that hangs on it).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from itertools import islice
from operator import attrgetter, or_
from typing import Any, Protocol, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import clock, rehearsal
from expansion import shares as sharing
from expansion.errors import Forbidden, Gone
from expansion.shares import NOTHING_SHARED, Shares

M = TypeVar("M", bound=models.Model)
KEPT = ("confidential", "secret")  # levels that ask for a right of their own (R-exp-18)
TOGETHER = 100  # questions in one statement; SQLite takes 500 at most


class Scope(IntEnum):
    """How far a grant reaches, narrow to wide."""

    NONE = 0
    OWN = 1
    TEAM = 2  # the seat's unit and all units below it
    DEPARTMENT = 3


class Regrants(Mapping[tuple[str, str], Scope]):
    """What an administrator has granted a role otherwise than the house does by default.

    Maps a kind of record and an action to a scope. It is part of a seat, so a query prepared for
    seats is another one once the rights have changed.
    """

    def __init__(self, cells: Mapping[tuple[str, str], Scope] | None = None):
        self._cells = dict(cells or {})
        self._hash = hash(frozenset(self._cells.items()))

    def __getitem__(self, cell: tuple[str, str]) -> Scope:
        return self._cells[cell]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Regrants) and self._cells == other._cells


AS_DEFAULT = Regrants()


@dataclass(frozen=True)
class Seat:
    """One role that a person holds today in one unit, in person or for an absent principal.

    `units` holds the ids of the unit and of all units below it. `acting_for` is the principal's id
    while a mandate runs. `regrants` are the changed rights of the role.
    """

    role: str
    unit: int
    units: frozenset[int]
    acting_for: int | None = None
    regrants: Regrants = AS_DEFAULT


class Person(Protocol):
    """What the gate needs to know of a user."""

    pk: Any

    @property
    def is_authenticated(self) -> bool: ...

    @property
    def seats(self) -> tuple[Seat, ...]: ...

    @property
    def shares(self) -> Shares: ...


@dataclass(frozen=True)
class Reach:
    """What the gate knows of a person besides who it is: the same for many, and hashable."""

    seats: tuple[Seat, ...]
    shares: Shares = NOTHING_SHARED


@dataclass(frozen=True)
class Holder:
    """Anybody of this reach, for a query that is prepared once for all of them.

    `pk` is the place where the id of the person asking goes.
    """

    pk: Any
    reach: Reach
    is_authenticated: bool = True

    @property
    def seats(self) -> tuple[Seat, ...]:
        return self.reach.seats

    @property
    def shares(self) -> Shares:
        return self.reach.shares


def principals(person: Person) -> set[Any]:
    """The person, and those for whom the person acts today."""
    return {person.pk} | sharing.acted_for(person)


def reach_of(person: Person) -> Reach:
    return Reach(person.seats, person.shares)


@dataclass(frozen=True)
class Reason:
    """Why a person may: the seat that grants it, a share of the record or of what it hangs on, or
    where both are missing a rule of the record's own."""

    person: Person
    seat: Seat | None
    scope: Scope
    share: Any = None


NOTHING = Q(pk__in=[])
EVERYTHING = Q()


def either(*conditions: Q) -> Q:
    """Any of the conditions; nothing where none is left."""
    return reduce(or_, (one for one in conditions if one != NOTHING), Q()) or NOTHING


class Rule:
    """The access rule of one model.

    `grants` maps an action to {role: scope}: the rights as they come. Where the rule is
    `adjustable` an administrator may grant them otherwise, except the actions that are `fixed`.
    `view` is the action that decides visibility; every other action also needs it. What `follows`
    another model, by the foreign key `via`, is seen at least as far as that one. `owner` and `team`
    are lookup paths to the columns that scopes are read from. Override `also_visible` for
    visibility that no role grants (an approval submitted to legal, a report distributed to a
    person) and say `also_because`; override `allows` to narrow an action by the record's state.
    Of what is `private` a rehearsal shows nothing, and of the rest not what is `kept_back`.
    `level` is the lookup path to a level of confidentiality, of the record or of the one that it
    `follows`: what is confidential or secret is seen as far as the action of that name reaches, and
    is shared only by itself. Who decides over a record, or was sent it, sees it at every level.
    """

    model: type[models.Model]
    kind: str  # "crm.client"
    grants: Mapping[str, Mapping[str, Scope]] = {}
    adjustable: bool = False
    fixed: Collection[str] = ()
    follows: type[models.Model] | None = None
    via: str = ""
    also_because: Any = ""
    private: bool = False
    owner: str | None = "owner"
    team: str | None = "team"
    level: str | None = None

    def default(self, role: str, action: str) -> Scope:
        """What the role has of the action where nobody has granted it otherwise."""
        return self.grants.get(action, {}).get(role, Scope.NONE)

    def scope(self, seat: Seat, action: str) -> Scope:
        scope = self.default(seat.role, action)
        if seat.regrants and self.adjustable:
            scope = seat.regrants.get((self.kind, action), scope)
        if self.follows is not None and action == "view":
            return max(scope, rule_of(self.follows).scope(seat, action))
        return scope

    def reaches(self) -> tuple[Scope, ...]:
        """The scopes that mean something for records of this kind, narrow to wide."""
        columns = {Scope.OWN: self.owner, Scope.TEAM: self.team}
        return tuple(scope for scope in Scope if columns.get(scope, True))

    def visible(self, person: Person) -> Q:
        """The condition that selects what the person may see."""
        held = self.held(person)
        return held if held == EVERYTHING else either(held, self.also_visible(person))

    def held(self, person: Person) -> Q:
        """The part of `visible` that seats and shares give: what needs no look at the records' own
        rows, so that a query of it can be prepared for all of the same reach."""
        granted = self.granted(person)
        return granted if granted == EVERYTHING else either(granted, self.shared(person))

    def granted(self, person: Person) -> Q:
        """The part of `visible` that the person's own seats give."""
        parts = [self._seen_from(person, seat) for seat in person.seats]
        return EVERYTHING if EVERYTHING in parts else either(*parts)

    def _seen_from(self, person: Person, seat: Seat) -> Q:
        """What one seat shows: all levels as far as it reaches, what is kept no further than its
        own right."""
        scope = self.scope(seat, "view")
        seen = self._reach(person, seat, "view")
        narrowed = [kept for kept in KEPT if self.level and self.clearance(seat, kept) < scope]
        if seen == NOTHING or not narrowed:
            return seen
        kept_parts = (
            self._within(person, seat, self.clearance(seat, kept)) & Q(**{str(self.level): kept})
            for kept in narrowed
            if self.clearance(seat, kept) is not Scope.NONE
        )
        return either(seen & ~Q(**{f"{self.level}__in": narrowed}), *kept_parts)

    def clearance(self, seat: Seat, kept: str) -> Scope:
        """How far the seat's right reaches to what is confidential, or secret."""
        if kept not in self.grants and self.follows is not None:
            return rule_of(self.follows).clearance(seat, kept)
        return self.scope(seat, kept)

    def shared(self, person: Person) -> Q:
        """The part of `visible` that is shared with the person, itself or what it hangs on."""
        if not person.shares.kinds:
            return NOTHING
        return either(*self._shared_by(person))

    def _shared_by(self, person: Person) -> Iterator[Q]:
        """By each way; a share of the client opens nothing kept that hangs on it."""
        for path, model in self.share_paths():
            found = sharing.shared(person, model, path)
            if found is None:
                continue
            if self.level and not self._has_level(model):
                found &= ~Q(**{f"{self.level}__in": KEPT})
            yield found

    def _has_level(self, model: type[models.Model]) -> bool:
        """Whether the model is the one whose level this is: its own, or of what it follows."""
        return model in (self.model, self.follows) and rule_of(model).level is not None

    def share_paths(self) -> Iterator[tuple[str, type[models.Model]]]:
        """The columns that name a record which can be shared: the own, and those above it."""
        yield "pk", self.model
        if self.follows is not None and self.via:
            for path, model in rule_of(self.follows).share_paths():
                yield f"{self.via}_id" if path == "pk" else f"{self.via}__{path}", model

    def works_on(self, person: Person, action: str, record: Any) -> bool:
        """Whether the record, or what it hangs on, is shared for working on it, and the person may
        do to the own ones what is asked."""
        if not person.shares.kinds or action not in sharing.WORKED:
            return False
        if all(self.scope(seat, action) is Scope.NONE for seat in person.seats):
            return False
        return any(sharing.works_on(person, one) for one in self.opened_by(record))

    def above(self, record: Any) -> Iterator[Any]:
        """The record, and upwards what it hangs on; what is not stored yet is left out."""
        if record is None:
            return
        if record.pk is not None:
            yield record
        if self.follows is not None and self.via:
            yield from rule_of(self.follows).above(getattr(record, self.via))

    def opened_by(self, record: Any) -> Iterator[Any]:
        """Those of `above` by whose share the record is seen: of what is kept, none further up than
        what has the level."""
        kept = self.kept(record)
        return (one for one in self.above(record) if not kept or self._has_level(type(one)))

    def kept(self, record: Any) -> str:
        """`confidential` or `secret`; empty for what asks for no right of its own."""
        level = self._value(record, self.level, "")
        return level if level in KEPT else ""

    def shares_of(self, record: Any) -> list[Any]:
        """The shares by which somebody sees the record today."""
        today = clock.today()
        return [share for one in self.opened_by(record) for share in sharing.of_record(one, today)]

    def also_visible(self, person: Person) -> Q:
        return NOTHING

    def kept_back(self) -> Q:
        """Drafts and the like, which nobody reads who only rehearses as their writer."""
        return NOTHING

    def allows(self, person: Person, action: str, record: Any) -> bool:
        """Whether the record's own state and history allow the action to this person."""
        return True

    def may_take(self, person: Person, record: Any) -> bool:
        """Whether files and paper of a record that the person sees may leave the page.

        Of what is kept by those with the right to; by who decides over it or was sent it, always.
        """
        if not self.kept(record):
            return True
        if any(self.covers(person, seat, "download", record) for seat in person.seats):
            return True
        by_seat = any(self.covers(person, seat, "view", record) for seat in person.seats)
        shared = any(sharing.reaches(one, person) for one in self.shares_of(record))
        return not (by_seat or shared) and can(person, "view", record)

    def freezes(self, record: Any) -> bool:
        """Whether the files of the record stay as they are: it is being decided, or decided."""
        return False

    def may(self, person: Person, action: str, record: Any = None) -> bool:
        """Whether a seat grants the action on the record; without one, on any record."""
        if record is None:
            return any(self.scope(seat, action) for seat in person.seats)
        covered = any(self.covers(person, seat, action, record) for seat in person.seats)
        return (covered or self.works_on(person, action, record)) and (
            self.allows(person, action, record)
        )

    def covers(self, person: Person, seat: Seat, action: str, record: Any) -> bool:
        scope, kept = self.scope(seat, action), self.kept(record)
        if kept:
            scope = min(scope, self.clearance(seat, kept))
        if scope is Scope.DEPARTMENT:
            return True
        if scope is Scope.TEAM:
            return bool(self._value(record, self.team, "_id") in seat.units)
        if scope is Scope.OWN:
            holder = seat.acting_for or person.pk
            return bool(self._value(record, self.owner, "_id") == holder)
        return False

    def _reach(self, person: Person, seat: Seat, action: str) -> Q:
        return self._within(person, seat, self.scope(seat, action))

    def _within(self, person: Person, seat: Seat, scope: Scope) -> Q:
        if scope is Scope.DEPARTMENT:
            return EVERYTHING
        if scope is Scope.TEAM and self.team:
            return Q(**{f"{self.team}_id__in": sorted(seat.units)})
        if scope is not Scope.NONE and self.owner:
            return Q(**{f"{self.owner}_id": seat.acting_for or person.pk})
        return NOTHING

    @staticmethod
    def _value(record: Any, path: str | None, suffix: str) -> Any:
        if path is None:
            return None
        *steps, last = path.split("__")
        for step in steps:
            record = getattr(record, step)
            if record is None:
                return None
        return getattr(record, last + suffix)


_rules: dict[type[models.Model], Rule] = {}
_everyone: Callable[[], Iterable[Person]] = tuple


def register(model: type[models.Model]) -> Callable[[type[Rule]], type[Rule]]:
    """Class decorator: this is the rule of `model`. One model has one rule."""

    def keep(rule: type[Rule]) -> type[Rule]:
        if model in _rules:
            raise LookupError(f"{model.__name__} has an access rule already.")
        rule.model, rule.kind = model, model._meta.label_lower
        _rules[model] = rule()
        return rule

    return keep


def people_come_from(source: Callable[[], Iterable[Person]]) -> None:
    """Names where `who_may` finds all active people; the people room calls this once."""
    global _everyone
    _everyone = source


def rule_of(model: type[models.Model]) -> Rule:
    """The model's rule.

    Raises:
        LookupError: no app has registered one; nothing of this model may be shown.
    """
    try:
        return _rules[model]
    except KeyError:
        raise LookupError(f"{model.__name__} has no access rule: register one.") from None


def rules() -> Mapping[type[models.Model], Rule]:
    return dict(_rules)


def visible_to(person: Person, records: QuerySet[M]) -> QuerySet[M]:
    """The part of `records` that the person may see; nothing for the anonymous."""
    if not person.is_authenticated:
        return records.none()
    found = condition(person, records.model)
    return records if found == EVERYTHING else records.filter(found)


def condition(person: Person, model: type[models.Model]) -> Q:
    """What selects the records of a model that the person may see."""
    rule = rule_of(model)
    if not rehearsal.running():
        return rule.visible(person)
    if rule.private:
        return NOTHING
    seen, kept_back = rule.visible(person), rule.kept_back()
    return seen if NOTHING in (seen, kept_back) else seen & ~kept_back


def private_rooms() -> set[str]:
    """The apps and rooms of which a rehearsal shows nothing at all."""
    rooms = {model._meta.app_label for model in _rules}
    return rooms - {model._meta.app_label for model, rule in _rules.items() if not rule.private}


def can(person: Person, action: str, record: models.Model | type[models.Model]) -> bool:
    """Whether the person may do `action` to the record, or at all when given its class."""
    if not person.is_authenticated:
        return False
    if isinstance(record, type):
        return rule_of(record).may(person, action)
    rule = rule_of(type(record))
    if action == "view":
        return visible_to(person, type(record)._default_manager.filter(pk=record.pk)).exists()
    return rule.may(person, action, record)


def can_each(
    person: Person, action: str, model: type[models.Model]
) -> Callable[[models.Model], bool]:
    """`can` for very many records of one kind: what follows from owner and team alone is asked
    once for all records that have the same."""
    rule = rule_of(model)
    plain = type(rule).may is Rule.may and type(rule).covers is Rule.covers
    columns = [f"{path}_id" for path in (rule.owner, rule.team) if path and "__" not in path]
    if (
        not plain
        or rule.level
        or len(columns) != 2
        or action == "view"
        or not person.is_authenticated
    ):
        return lambda record: can(person, action, record)
    place, known = attrgetter(*columns), {}

    def ask(record: models.Model) -> bool:
        key = place(record)
        if key not in known:
            known[key] = any(rule.covers(person, seat, action, record) for seat in person.seats)
        held = known[key] or rule.works_on(person, action, record)
        return held and rule.allows(person, action, record)

    return ask


def seen(
    asked: Iterable[tuple[Person, type[models.Model], Iterable[Any]]],
) -> set[tuple[Any, type[models.Model], Any]]:
    """Which of these records each person sees, as (id of the person, model, id of the record).

    As with `can`, a record that does not exist is seen by nobody, whatever the person may see. One
    statement answers for up to a hundred pairs of a person and a model, however many records.
    """
    found: set[tuple[Any, type[models.Model], Any]] = set()
    questions: list[tuple[Any, type[models.Model], QuerySet[Any, Any]]] = []
    for person, model, ids in asked:
        found_by = condition(person, model) if person.is_authenticated else NOTHING
        if found_by != NOTHING:
            records = model._default_manager.filter(found_by, pk__in=list(ids)).order_by()
            questions.append((person.pk, model, records))
    for start in range(0, len(questions), TOGETHER):
        found |= _answers(questions[start : start + TOGETHER])
    return found


def _answers(
    questions: list[tuple[Any, type[models.Model], QuerySet[Any, Any]]],
) -> set[tuple[Any, type[models.Model], Any]]:
    first, *others = (
        records.annotate(question=Value(place)).values_list("question", "pk")
        for place, (_person, _model, records) in enumerate(questions)
    )
    rows = first.union(*others, all=True) if others else first
    return {(*questions[place][:2], pk) for place, pk in rows}


def who_may(action: str, record: models.Model) -> Iterator[Reason]:
    """Everyone who may do `action` to the record, each once, with the widest reason."""
    rule = rule_of(type(record))
    shares = rule.shares_of(record) if action == "view" else []
    for person in _everyone():
        reason = reason_of(person, action, record, shares=shares)
        if reason is not None:
            yield reason


def reason_of(
    person: Person, action: str, record: models.Model, *, shares: Iterable[Any] | None = None
) -> Reason | None:
    """Why the person may, with the widest reason; None where they may not.

    `shares` spares a look-up where those of the record have been read.
    """
    rule = rule_of(type(record))
    seats = [seat for seat in person.seats if rule.covers(person, seat, action, record)]
    if seats and (action == "view" or rule.allows(person, action, record)):
        seat = max(seats, key=lambda seat: rule.scope(seat, action))
        return Reason(person, seat, rule.scope(seat, action))
    if action != "view":
        return None
    if person.shares.kinds:
        found = rule.shares_of(record) if shares is None else shares
        share = next((one for one in found if sharing.reaches(one, person)), None)
        if share is not None:
            return Reason(person, None, Scope.NONE, share)
    # Most rules grant by seats and shares alone: then nobody has to be asked one by one.
    by_other_ways = type(rule).also_visible is not Rule.also_visible
    if by_other_ways and can(person, "view", record):
        return Reason(person, None, Scope.NONE)
    return None


def find(person: Person, records: QuerySet[M], pk: Any) -> M:
    """The visible record with this id.

    Raises:
        Gone: it does not exist or is not visible; the answer is the same for both (law 1).
    """
    return found(lambda: visible_to(person, records).get(pk=pk))


def found(ask: Callable[[], M | None]) -> M:
    """What `ask` finds among the records that the person sees.

    Raises:
        Gone: nothing, or what was asked for cannot be an id.
    """
    try:
        record = ask()
    except (ObjectDoesNotExist, ValueError, OverflowError):
        record = None
    if record is None:
        raise Gone(_("There is nothing here for you at this address."))
    return record


def require(person: Person, action: str, record: models.Model | type[models.Model]) -> None:
    """Lets the act pass or refuses it with a sentence that names whom to ask.

    Raises:
        Forbidden: the person may not do it.
    """
    if can(person, action, record):
        return
    raise Forbidden(_refusal(action, record))


def _refusal(action: str, record: models.Model | type[models.Model]) -> str:
    if isinstance(record, type):
        rule = rule_of(record)
        able = (str(one) for one in _everyone() if rule.may(one, action))
        names = list(islice(able, 3))
        if not names:
            return _("This is not part of your role. Ask the administrator.")
        return _("This is not part of your role. Ask one of: %(names)s.") % {
            "names": _(", ").join(names)
        }
    names = [str(reason.person) for reason in islice(who_may(action, record), 3)]
    if not names:
        return _("Nobody may do this in the record's present state.")
    return ngettext(
        "You may see this, not change it. Ask %(names)s.",
        "You may see this, not change it. Ask one of: %(names)s.",
        len(names),
    ) % {"names": _(", ").join(names)}


def require_take(person: Person, record: models.Model) -> None:
    """Lets a file or paper of the record go, or refuses with whom to ask (R-exp-18).

    Raises:
        Forbidden: the record is kept, and its files are not this person's to fetch.
    """
    if rule_of(type(record)).may_take(person, record):
        return
    names = _(", ").join(str(one.person) for one in islice(who_may("download", record), 3))
    sentence = (
        _("This is kept: you may read it here, not take it away. Ask one of: %(names)s.")
        if names
        else _("This is kept: it is read here and taken away by nobody.")
    )
    raise Forbidden(sentence % {"names": names} if names else sentence)
