"""The access rule of one model, and the one place where rules are kept.

A rule grants an action to a role with a scope; the scope is read from the record's own `owner` and
`team` columns, or from those of the record it hangs on (access flows from the client to all that
hangs on it).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from expansion import clock
from expansion import shares as sharing
from expansion.seats import EVERYTHING, NOTHING, Person, Scope, Seat, either

KEPT = ("confidential", "secret")  # levels that ask for a right of their own (R-exp-18)


class Rule:
    """The access rule of one model.

    `grants` maps an action to {role: scope}: the rights as they come. Where the rule is
    `adjustable` an administrator may grant them otherwise, except the actions that are `fixed`:
    those are nobody else's, whatever was granted before they were fixed.
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
        if seat.regrants and self.adjustable and action not in self.fixed:
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
        return not (by_seat or shared) and self.also_sees(person, record)

    def also_sees(self, person: Person, record: Any) -> bool:
        found = self.model._default_manager.filter(self.also_visible(person), pk=record.pk)
        return found.exists()

    def files_besides(self, person: Person) -> Q:
        """Which attachments of such records the person reads without seeing the record."""
        return NOTHING

    def freezes(self, record: Any) -> bool:
        """Whether the files of the record stay as they are: it is being decided, or decided."""
        return False

    def keeps(self, record: Any, file: Any) -> bool:
        """Whether this one of its files stays."""
        return self.freezes(record)

    def decided_now(self, record: Any) -> bool:
        """Whether somebody decides over the record by a copy that names its files: until that is
        over none is added."""
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


def register(model: type[models.Model]) -> Callable[[type[Rule]], type[Rule]]:
    """Class decorator: this is the rule of `model`. One model has one rule."""

    def keep(rule: type[Rule]) -> type[Rule]:
        if model in _rules:
            raise LookupError(f"{model.__name__} has an access rule already.")
        rule.model, rule.kind = model, model._meta.label_lower
        _rules[model] = rule()
        return rule

    return keep


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
