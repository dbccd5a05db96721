"""Who may see and do what: one gate for pages, lists, totals, pickers, search, files, exports,
imports, API, notices and tasks. It fails closed: a model without a rule is visible to nobody.

Each app registers one `Rule` per model from its `access.py` (`expansion.access_rules`); here every
door asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Prefetch, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion import rehearsal
from expansion import shares as sharing
from expansion.access_rules import Rule as Rule
from expansion.access_rules import register as register
from expansion.access_rules import rule_of as rule_of
from expansion.access_rules import rules as rules
from expansion.errors import Forbidden, Gone
from expansion.seats import AS_DEFAULT as AS_DEFAULT
from expansion.seats import EVERYTHING as EVERYTHING
from expansion.seats import NOTHING as NOTHING
from expansion.seats import Holder as Holder
from expansion.seats import Person as Person
from expansion.seats import Reach as Reach
from expansion.seats import Reason as Reason
from expansion.seats import Regrants as Regrants
from expansion.seats import Scope as Scope
from expansion.seats import Seat as Seat
from expansion.seats import either as either
from expansion.seats import principals as principals
from expansion.seats import reach_of as reach_of

M = TypeVar("M", bound=models.Model)
TOGETHER = 100  # questions in one statement; SQLite takes 500 at most
_everyone: Callable[[], Iterable[Person]] = tuple


def people_come_from(source: Callable[[], Iterable[Person]]) -> None:
    """Names where `who_may` finds all active people; the people room calls this once."""
    global _everyone
    _everyone = source


def visible_to(person: Person, records: QuerySet[M]) -> QuerySet[M]:
    """The part of `records` that the person may see; nothing for the anonymous."""
    if not person.is_authenticated:
        return records.none()
    found = condition(person, records.model)
    return records if found == EVERYTHING else records.filter(found)


def with_visible(person: Person, records: QuerySet[M], name: str) -> QuerySet[M]:
    """Records with what each points at by `name` where the person sees it, else with none there:
    who sees the one is not told what the other is called (law 1)."""
    pointed_at: Any = records.model._meta.get_field(name).related_model
    seen = visible_to(person, pointed_at._default_manager.all())
    return records.prefetch_related(Prefetch(name, seen))


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
    rooms = {model._meta.app_label for model in rules()}
    return rooms - {model._meta.app_label for model, rule in rules().items() if not rule.private}


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
