"""A leaver's handover: opened, divided, offered, accepted, taken back, closed (R-exp-19)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock, offers
from expansion.approvals import succession
from expansion.audit.services import write, write_many
from expansion.errors import Invalid, NotNow
from expansion.notices.services import tell
from expansion.office.models import Handover, HandoverItem, HandoverThing
from expansion.office.selectors.handovers import held, holding, holdings, in_words, offered_to
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.people.services.accounts import let_leave
from expansion.records import about, lock

Status, Item = Handover.Status, HandoverItem.Status
OWNER = "owner"  # the column of whose matter a record is, where it is approved


@transaction.atomic
def open_handover(
    *, actor: User, person: User, last_day: date, reason: str, things: Iterable[str] = ()
) -> Handover:
    """Lists everything the person holds, to be divided.

    Raises:
        Forbidden: opening handovers is not part of the actor's role.
        NotNow: one is under way already.
        Invalid: the person means the own account, or has left.
    """
    access.require(actor, "create", Handover)
    if person.pk == actor.pk:
        raise Invalid(fields={"person": [_("Nobody hands over the own desk to themselves.")]})
    if person.status == "left":
        raise Invalid(fields={"person": [_("%(name)s has left.") % {"name": person.name}]})
    if Handover.objects.filter(person=person, status__in=[Status.OPEN, Status.OFFERED]).exists():
        raise NotNow(_("A handover of %(name)s is under way already.") % {"name": person.name})
    return begin(
        actor=actor, opened_by=actor, person=person, last_day=last_day, reason=reason, things=things
    )


def begin(
    *,
    actor: User | None,
    opened_by: User,
    person: User,
    last_day: date,
    reason: str,
    things: Iterable[str] = (),
) -> Handover:
    """The same where an approved dismissal asks for it; inside the caller's transaction."""
    record = Handover.objects.create(
        person=person, last_day=last_day, reason=reason, opened_by=opened_by
    )
    HandoverThing.objects.bulk_create(
        HandoverThing(handover=record, label=label) for label in things
    )
    _gather(record)
    changes = {"person": [None, person.pk], "last_day": [None, last_day]}
    write(actor=actor, verb="office.handover.opened", about=record, changes=changes)
    return record


def _gather(record: Handover) -> None:
    """The items as the person's holdings are now; what is divided already stays divided."""
    there = {(one.about_type_id, one.about_id): one for one in record.items.all()}
    new = []
    for one in holdings():
        for row in one.find(record.person):
            key = (ContentType.objects.get_for_model(row).pk, row.pk)
            if there.pop(key, None) is None:
                new.append(HandoverItem(handover=record, kind=one.key, **about(row)))
    HandoverItem.objects.bulk_create(new)
    record.items.filter(pk__in=[one.pk for one in there.values()]).delete()


@transaction.atomic
def divide(
    *,
    actor: User,
    record: Handover,
    receiver: User,
    kind: str = "",
    items: Collection[int] = (),
) -> Handover:
    """These items, or all of a kind that have no receiver yet, go to the receiver; what hangs on
    them goes along.

    Raises:
        Forbidden: dividing is not part of the actor's role.
        NotNow: the handover is not being divided.
        Invalid: the receiver leaves too, does not log in, or works no such records.
    """
    access.require(actor, "divide", record)
    record = _at(record, Status.OPEN)
    wanted = record.items.filter(status=Item.PLANNED)
    free = wanted.filter(kind=kind, receiver=None)
    wanted = wanted.filter(pk__in=list(items)) if items else free
    chosen = list(wanted)
    if not chosen:
        raise Invalid(_("Choose at least one record."))
    for key in {item.kind for item in chosen}:
        _refuse_receiver(record, receiver, holding(key))
    ids = [item.pk for item in chosen] + [item.pk for item in _along(record, chosen)]
    count = record.items.filter(pk__in=ids, status=Item.PLANNED).update(receiver=receiver)
    changes = {"receiver": [None, receiver.pk], "count": [None, count]}
    write(actor=actor, verb="office.handover.divided", about=record, changes=changes)
    return record


def _refuse_receiver(record: Handover, receiver: User, one: offers.Holding) -> None:
    receiver = User.objects.get(pk=receiver.pk)
    model = one.find(record.person).model
    rule, words = access.rule_of(model), {"name": receiver.name, "what": one.label}
    problem = ""
    if receiver.pk == record.person_id:
        problem = _("%(name)s is the one who leaves.")
    elif not receiver.is_active:
        problem = _("%(name)s does not log in at present. Choose somebody else.")
    elif one.team and not any(rule.scope(seat, "edit") for seat in receiver.seats):
        problem = _("%(name)s’s role works no such records: %(what)s.")
    if problem:
        raise Invalid(fields={"receiver": [problem % words]})


def _along(record: Handover, chosen: list[HandoverItem]) -> list[HandoverItem]:
    """The items that hang on the chosen ones."""
    found: list[HandoverItem] = []
    for one in holdings():
        if one.goes_with is None:
            continue
        kind, column = one.goes_with
        above = {item.about_id for item in chosen if item.kind == kind}
        own = {item.about_id: item for item in record.items.filter(kind=one.key)} if above else {}
        hanging = one.find(record.person).filter(**{f"{column}__in": above}, pk__in=own)
        found += [own[pk] for pk in hanging.values_list("pk", flat=True)]
    return found


@transaction.atomic
def offer(*, actor: User, record: Handover) -> Handover:
    """Asks every receiver to accept the own part; each gets one notice for all of it.

    Raises:
        Forbidden: dividing is not part of the actor's role.
        NotNow: the handover is not being divided.
        Invalid: something has no receiver yet.
    """
    access.require(actor, "divide", record)
    record = _at(record, Status.OPEN)
    _gather(record)
    items = list(record.items.filter(status=Item.PLANNED).select_related("receiver"))
    undivided = [item for item in items if item.receiver is None]
    if undivided:
        raise Invalid(_("Without a receiver yet: %(what)s.") % {"what": in_words(undivided)})
    record.items.filter(status=Item.PLANNED).update(status=Item.OFFERED)
    by_receiver: dict[User, list[HandoverItem]] = defaultdict(list)
    for item in items:
        by_receiver[item.receiver].append(item)
    _enter(record, Status.OFFERED if items else Status.MOVED)
    write(actor=actor, verb="office.handover.offered", about=record)
    for receiver, own in by_receiver.items():
        _ask(actor, record, receiver, own)
    return record


def _ask(actor: User, record: Handover, receiver: User, items: list[HandoverItem]) -> None:
    title = lazy("{person} hands over to you: {what}")
    tell(
        people=[User.objects.get(pk=receiver.pk)],
        kind="office.handover.offered",
        title=format_lazy(title, person=record.person.name, what=in_words(items)),
        text=record.reason[:200],
        url=record.get_absolute_url(),
        about=record,
        actor=actor,
    )


@transaction.atomic
def accept(*, actor: User, record: Handover) -> Handover:
    """Takes over all that was offered to the actor, in one go; no stage and no date changes.

    Raises:
        NotNow: nothing is offered to the actor.
    """
    record = _at(record, Status.OFFERED)
    items = list(offered_to(actor, record).select_for_update())
    if not items:
        raise NotNow(_("Nothing of this handover is offered to you."))
    for key in dict.fromkeys(item.kind for item in items):
        _move(actor, record, holding(key), [item for item in items if item.kind == key])
    write(
        actor=actor,
        verb="office.handover.accepted",
        about=record,
        changes={"count": [None, len(items)]},
    )
    if not record.items.filter(status=Item.OFFERED).exists():
        _enter(record, Status.MOVED)
        title = lazy("{person}: everything is handed over")
        tell(
            people=[record.opened_by],
            kind="office.handover.moved",
            title=format_lazy(title, person=record.person.name),
            url=record.get_absolute_url(),
            about=record,
            actor=actor,
        )
    return record


def _move(actor: User, record: Handover, one: offers.Holding, items: list[HandoverItem]) -> None:
    """Set-based: the receiver's name into the records, one entry for each."""
    model, columns = one.find(record.person).model, _columns(one)
    rows = _held_rows(one, model, items)
    now = {one.owner: actor.pk} | ({one.team: home_unit(actor).pk} if one.team else {})
    moved, changed = [], []
    for item in items:
        row = rows.get(item.about_id)
        if row is None or getattr(row, f"{one.owner}_id") != record.person_id:
            item.status = Item.KEPT
            continue
        before = {name: getattr(row, f"{name}_id") for name in columns}
        item.status = Item.MOVED
        item.before = before | {"version": _version(row) + _versioned(model)}
        moved.append(row.pk)
        changed.append((row, {name: [before[name], now[name]] for name in columns}))
    _set(model, moved, now)
    HandoverItem.objects.bulk_update(items, ["status", "before"])
    write_many(actor=actor, verb=_verb(model, "handed_over"), changed=changed)
    if one.owner == OWNER:
        succession.receive(actor=actor, model=model, owners=dict.fromkeys(moved, actor.pk))


@transaction.atomic
def decline(*, actor: User, record: Handover, reason: str) -> Handover:
    """Gives back what was offered to the actor, to be divided anew; who opened it is told why.

    Raises:
        NotNow: nothing is offered to the actor.
    """
    record = _at(record, Status.OFFERED)
    items = offered_to(actor, record)
    if not items.exists():
        raise NotNow(_("Nothing of this handover is offered to you."))
    items.update(status=Item.PLANNED, receiver=None)
    record.items.filter(status=Item.OFFERED).update(status=Item.PLANNED)
    _enter(record, Status.OPEN)
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="office.handover.declined", about=record, changes=changes)
    title = lazy("{name} does not take over from {person}")
    tell(
        people=[record.opened_by],
        kind="office.handover.declined",
        title=format_lazy(title, name=actor.name, person=record.person.name),
        text=reason[:200],
        url=record.get_absolute_url(),
        about=record,
        actor=actor,
    )
    return record


@transaction.atomic
def undo(*, actor: User, record: Handover) -> Handover:
    """Gives back every record that nobody has touched since; the others are marked. Once only.

    Raises:
        Forbidden: dividing is not part of the actor's role.
        NotNow: it was not handed over, too long ago, or taken back already.
    """
    access.require(actor, "divide", record)
    record = _at(record, Status.MOVED)
    until = record.undoable_until
    if until is None or clock.now() > until:
        raise NotNow(_("This handover cannot be taken back any more."))
    items = list(record.items.filter(status=Item.MOVED))
    for key in dict.fromkeys(item.kind for item in items):
        _give_back(actor, record, holding(key), [item for item in items if item.kind == key])
    record.undone_at = clock.now()
    _save(record)
    counts = {"count": [None, record.items.filter(status=Item.UNDONE).count()]}
    write(actor=actor, verb="office.handover.undone", about=record, changes=counts)
    return record


def _give_back(
    actor: User, record: Handover, one: offers.Holding, items: list[HandoverItem]
) -> None:
    model, columns = one.find(record.person).model, _columns(one)
    rows = _held_rows(one, model, items)
    together: dict[tuple[tuple[str, int], ...], list[int]] = defaultdict(list)
    changed = []
    for item in items:
        row = rows.get(item.about_id)
        untouched = row is not None and _version(row) == item.before["version"]
        if not untouched or getattr(row, f"{one.owner}_id") != item.receiver_id:
            item.status = Item.TOUCHED
            continue
        item.status = Item.UNDONE
        before = {name: item.before[name] for name in columns}
        together[tuple(before.items())].append(row.pk)
        changed.append(
            (row, {name: [getattr(row, f"{name}_id"), before[name]] for name in columns})
        )
    for values, ids in together.items():
        _set(model, ids, dict(values))
    HandoverItem.objects.bulk_update(items, ["status"])
    write_many(actor=actor, verb=_verb(model, "handover_undone"), changed=changed)
    if one.owner == OWNER:
        owners = {row.pk: change[OWNER][1] for row, change in changed}
        succession.receive(actor=actor, model=model, owners=owners)


@transaction.atomic
def add_thing(*, actor: User, record: Handover, label: str) -> Handover:
    """One more document, device or key that has to come back."""
    access.require(actor, "create", Handover)
    record = lock(Handover.objects.exclude(status=Status.CLOSED), record.pk)
    HandoverThing.objects.create(handover=record, label=label)
    changes = {"label": [None, label]}
    write(actor=actor, verb="office.handover.thing_added", about=record, changes=changes)
    return record


@transaction.atomic
def return_thing(*, actor: User, record: Handover, thing: HandoverThing) -> Handover:
    """It is back, in the actor's hands."""
    access.require(actor, "create", Handover)
    record = lock(Handover.objects.exclude(status=Status.CLOSED), record.pk)
    found = record.things.filter(pk=thing.pk, returned_at=None)
    if found.update(returned_at=clock.now(), returned_to=actor):
        changes = {"label": [None, thing.label]}
        write(actor=actor, verb="office.handover.thing_returned", about=record, changes=changes)
    return record


@transaction.atomic
def check(*, actor: User, record: Handover, secrecy_signed_on: date | None = None) -> Handover:
    """The manager has seen that all is handed over and back, and the statement signed.

    Raises:
        Forbidden: checking is not part of the actor's role.
        NotNow: something is not handed over, not back, or checked already.
        Invalid: the statement is signed on a day to come.
    """
    access.require(actor, "divide", record)
    record = _at(record, Status.MOVED)
    if record.checked_at is not None:
        raise NotNow(_("This handover has been checked already."))
    if secrecy_signed_on is not None and secrecy_signed_on > clock.today():
        raise Invalid(fields={"secrecy_signed_on": [_("This day has not come yet.")]})
    _refuse_unfinished(record)
    record.checked_at, record.secrecy_signed_on = clock.now(), secrecy_signed_on
    _save(record)
    changes = {"secrecy_signed_on": [None, secrecy_signed_on]}
    write(actor=actor, verb="office.handover.checked", about=record, changes=changes)
    return record


@transaction.atomic
def close(*, actor: User, record: Handover) -> Handover:
    """HR closes what the manager has checked; the account ends with it.

    Raises:
        Forbidden: closing is not part of the actor's role.
        NotNow: it has not been checked, or the person holds something again.
    """
    access.require(actor, "close", record)
    record = _at(record, Status.MOVED)
    if record.checked_at is None:
        raise NotNow(_("The manager has not checked this handover yet."))
    _refuse_unfinished(record)
    _enter(record, Status.CLOSED)
    write(actor=actor, verb="office.handover.closed", about=record)
    let_leave(actor=actor, record=record.person, reason=record.reason)
    return record


def _refuse_unfinished(record: Handover) -> None:
    things = [thing.label for thing in record.things.filter(returned_at=None)]
    if things:
        raise NotNow(_("Not back yet: %(what)s.") % {"what": _(", ").join(things)})
    refuse_while_held(record=record.person)


def refuse_while_held(*, record: User, actor: Any = None) -> None:
    """Reaction to `people.leaving`: only who holds nothing any more leaves (R-exp-19).

    Raises:
        NotNow: with what is still held, and what to do.
    """
    kept = held(record)
    if kept:
        what = _(", ").join(f"{one.label} {count}" for one, count in kept)
        sentence = _("%(name)s still holds: %(what)s. Hand it over first.")
        raise NotNow(sentence % {"name": record.name, "what": what})


def _at(record: Handover, status: str) -> Handover:
    """The handover, locked, in this state.

    Raises:
        NotNow: it is in another one.
    """
    record = lock(Handover.objects.select_related("person", "opened_by"), record.pk)
    if record.status != status:
        raise NotNow(_("The handover is: %(status)s.") % {"status": record.get_status_display()})
    return record


def _enter(record: Handover, status: str) -> None:
    record.status = status
    if status == Status.MOVED:
        record.moved_at = clock.now()
    _save(record)


def _save(record: Handover) -> None:
    record.version += 1
    record.save()


def _columns(one: offers.Holding) -> list[str]:
    return [one.owner, *([one.team] if one.team else [])]


def _held_rows(
    one: offers.Holding, model: type[models.Model], items: list[HandoverItem]
) -> dict[int, Any]:
    """The records by id, locked; what is being decided over them before."""
    ids = [item.about_id for item in items]
    if one.owner == OWNER:
        succession.hold_rounds(model, ids)
    rows = model._default_manager.select_for_update().filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def _versioned(model: type[models.Model]) -> bool:
    return any(field.name == "version" for field in model._meta.get_fields())


def _version(row: Any) -> int:
    """The row's version; rows without one are told apart by who holds them alone."""
    return int(getattr(row, "version", 0))


def _set(model: type[models.Model], ids: list[int], values: dict[str, Any]) -> None:
    """The columns of many rows in one statement, with the row's next version where it has one."""
    stored = {f"{name}_id": value for name, value in values.items()}
    if _versioned(model):
        stored |= {"version": F("version") + 1, "updated_at": clock.now()}
    model._default_manager.filter(pk__in=ids).update(**stored)


def _verb(model: type[models.Model], word: str) -> str:
    return f"{model._meta.app_label}.{model._meta.model_name}.{word}"
