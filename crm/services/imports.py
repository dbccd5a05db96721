"""Clients from a person's workbook: which firm a row means, what it brings, how it is written.

A firm is the same by crm.naming. A row of a firm that is there and this person's to change fills
blank fields and adds numbers; its owner stays. An equal number under another name is only a
likely duplicate, which a person decides (R-crm-01).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.models import Client, ClientRole, Contact, ContactPoint
from crm.naming import credit_code, firm_key, valid_credit_code
from crm.searching import indexed
from crm.services.book import Book, Held, Hidden
from crm.services.clients import taken_by
from crm.services.owners import Owners
from expansion import access, clock
from expansion.audit.services import write_many
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.rulebook.values import Choice
from expansion.transfer.models import Import, ImportRow, Outcome
from expansion.transfer.phones import Phone
from expansion.transfer.registry import Draft, Run
from expansion.transfer.values import Problem

FILLED = ("credit_code", "industry", "category", "region", "address", "note", "next_contact_on")
Decision = ImportRow.Decision


@dataclass
class Plan:
    """What a row is going to write: a new client, or what it adds to the one that is there."""

    client: Client
    fields: dict[str, Any] = field(default_factory=dict)
    contact: Contact | None = None
    phones: list[Phone] = field(default_factory=list)
    held: Held | None = None

    @property
    def brings_nothing(self) -> bool:
        adds_contact = self.contact is not None and self.contact.pk is None
        return not (self.fields or self.phones or adds_contact)


class ClientRun(Run):
    """One pass over the rows of a workbook, in their order; `kinds` of clients are on offer."""

    def __init__(
        self,
        actor: User,
        batch: Import,
        undecided: str,
        writing: bool,
        kinds: Sequence[Choice] = (),
    ):
        self.actor, self.batch = actor, batch
        self.undecided, self.writing = undecided, writing
        self.kinds = {word: one.key for one in kinds for word in (one.key, one.zh, one.en)}
        self.owners = Owners(actor)
        self.home = home_unit(actor).pk
        self._rows_of: dict[str, int] = {}  # identity or credit code → first row
        self._clients_of: dict[int, int | None] = {}  # row → the client it ended in
        self._completed: dict[int, int] = {}  # client → the row that completes it
        self._plans: dict[int, Plan] = {}

    def judge(self, drafts: Sequence[Draft]) -> None:
        self._plans.clear()
        for draft in drafts:
            _check_credit_code(draft)
            self._check_kind(draft)
        book = Book(
            self.actor,
            identities=[draft.row.identity for draft in drafts],
            codes=[draft.values.get("credit_code", "") for draft in drafts],
            numbers=[phone.e164 for draft in drafts for phone in draft.values.get("phones", ())],
            writing=self.writing,
        )
        for draft in drafts:
            draft.row.record = None
            self._judge(draft, book)

    def write(self, drafts: Sequence[Draft]) -> None:
        created = [draft for draft in drafts if draft.row.outcome == Outcome.CREATED]
        updated = [draft for draft in drafts if draft.row.outcome == Outcome.UPDATED]
        self._create(created)
        self._update(updated)
        for draft in drafts:
            draft.row.record = self._clients_of.get(draft.row.number)

    def _check_kind(self, draft: Draft) -> None:
        """A kind that the rulebook does not offer is left out, with a word about it."""
        text = draft.values.pop("category", "")
        if text in self.kinds:
            draft.values["category"] = self.kinds[text]
        elif text:
            message = _("The rulebook lists no such kind of client.")
            draft.problems.append(Problem("category", text, message))

    def _judge(self, draft: Draft, book: Book) -> None:
        if draft.refusal:
            draft.ends(Outcome.REFUSED, draft.refusal)
            return
        identity, code = draft.row.identity, draft.values.get("credit_code", "")
        first = self._rows_of.get(identity) or (code and self._rows_of.get(code))
        if first:
            reason = _("Row %(row)s of this sheet is the same firm.") % {"row": first}
            draft.ends(Outcome.DUPLICATE, reason)
            self._clients_of[draft.row.number] = self._clients_of.get(first)
            return
        self._rows_of[identity] = draft.row.number
        if code:
            self._rows_of[code] = draft.row.number
        self._look_up(draft, book)

    def _look_up(self, draft: Draft, book: Book) -> None:
        known = book.firm(draft.row.identity, draft.values.get("credit_code", ""))
        if known is not None:
            self._meets(draft, known)
            return
        alike = book.by_number(phone.e164 for phone in draft.values.get("phones", ()))
        decision = draft.row.decision or self.undecided
        if alike is None or decision == Decision.CREATE:
            self._becomes_new(draft, _alike(alike) if alike else "")
        elif decision == Decision.SKIP:
            draft.ends(Outcome.IGNORED, _("You chose to skip this row."))
        elif decision == Decision.MERGE and isinstance(alike, Held) and self._may_edit(alike):
            self._meets(draft, alike)
        else:
            match = alike.client.pk if isinstance(alike, Held) else None
            draft.ends(Outcome.SUSPECT, _alike(alike), match=match)

    def _meets(self, draft: Draft, known: Held | Hidden) -> None:
        """The firm is there: the row completes it, or brings nothing."""
        if isinstance(known, Hidden):
            draft.ends(Outcome.DUPLICATE, taken_by(known.team))
            return
        client = known.client
        self._clients_of[draft.row.number] = client.pk
        plan = self._plan_for(draft, known)
        if not self._may_edit(known):
            reason = _("It is there already, with %(owner)s.") % {"owner": client.owner.name}
            draft.ends(Outcome.DUPLICATE, reason, match=client.pk)
        elif not plan.brings_nothing and client.pk in self._completed:
            reason = _("Row %(row)s completes the same client. Import this row again afterwards.")
            words = {"row": self._completed[client.pk]}
            draft.ends(Outcome.REFUSED, reason % words, match=client.pk)
        elif plan.brings_nothing:
            reason = _("“%(name)s” is there already; the row brings nothing new.")
            draft.ends(Outcome.DUPLICATE, reason % {"name": client.name}, match=client.pk)
        else:
            self._plans[draft.row.number] = plan
            self._completed[client.pk] = draft.row.number
            reason = _("“%(name)s” is there already and gets: %(what)s.")
            words = {"name": client.name, "what": _(", ").join(_additions(plan))}
            draft.ends(Outcome.UPDATED, reason % words, match=client.pk)

    def _may_edit(self, known: Held) -> bool:
        return access.can(self.actor, "edit", known.client)

    def _becomes_new(self, draft: Draft, remark: str) -> None:
        owner = self._owner(draft)
        client = Client(
            name=draft.values["name"],
            identity=draft.row.identity,
            owner=owner,
            team_id=self.owners.team_of(owner) or self.home,
            **_fields(self.batch, draft),
        )
        self._plans[draft.row.number] = Plan(
            client, contact=_contact(draft), phones=draft.values.get("phones", [])
        )
        warnings = [problem.message for problem in draft.problems]
        draft.ends(Outcome.CREATED, " ".join([*warnings, remark]).strip())

    def _owner(self, draft: Draft) -> User:
        """Whom the row names, where this person may assign; else this person."""
        text = draft.values.get("owner", "")
        if not text or not self.owners.may_assign:
            return self.actor
        found = self.owners.named(text)
        if len(found) == 1:
            return found[0]
        draft.problems.append(_no_owner(text, found, self.owners.nearest(text)))
        return self.actor

    def _plan_for(self, draft: Draft, known: Held) -> Plan:
        values = _fields(self.batch, draft)
        blank = {
            name: values[name]
            for name in FILLED
            if values.get(name) and not getattr(known.client, name)
        }
        if (day := blank.get("next_contact_on")) and day < clock.today():
            del blank["next_contact_on"]  # An old sheet does not call back what is done.
        new = [one for one in draft.values.get("phones", ()) if one.e164 not in known.numbers]
        contact = known.contact_named(draft.values.get("contact", ""))
        if contact is None and (new or draft.values.get("contact")):
            contact = _contact(draft, main=not known.contacts)
        return Plan(known.client, blank, contact, new, known)

    def _create(self, drafts: Sequence[Draft]) -> None:
        plans = [self._plans[draft.row.number] for draft in drafts]
        for plan in plans:
            plan.client.search = _search(plan, [], [])
        clients = Client.objects.bulk_create(plan.client for plan in plans)
        today, role = clock.today(), ClientRole.Role.PROSPECT
        ClientRole.objects.bulk_create(
            ClientRole(client=client, role=role, since=today) for client in clients
        )
        self._add_people(plans)
        write_many(
            actor=self.actor,
            verb="crm.client.created",
            changed=[(client, self._facts(client)) for client in clients],
        )
        for draft, plan in zip(drafts, plans, strict=True):
            self._clients_of[draft.row.number] = plan.client.pk
            draft.row.written = {"contact": plan.contact.pk if plan.contact else None}

    def _facts(self, client: Client) -> dict[str, Any]:
        return {
            "name": [None, client.name],
            "owner": [None, client.owner_id],
            "import": [None, self.batch.pk],
        }

    def _update(self, drafts: Sequence[Draft]) -> None:
        plans = [self._plans[draft.row.number] for draft in drafts]
        moment = clock.now()
        for plan in plans:
            for name, value in plan.fields.items():
                setattr(plan.client, name, value)
            plan.client.version += 1
            plan.client.updated_at = moment
            plan.client.search = _search(plan, plan.held.contacts, plan.held.points)
        Client.objects.bulk_update(
            [plan.client for plan in plans], [*FILLED, "search", "version", "updated_at"]
        )
        added = {id(plan): plan.contact is not None and plan.contact.pk is None for plan in plans}
        points = self._add_people(plans)
        write_many(
            actor=self.actor,
            verb="crm.client.completed",
            changed=[(plan.client, _changes(plan, self.batch)) for plan in plans],
        )
        for draft, plan in zip(drafts, plans, strict=True):
            draft.row.written = {
                "version": plan.client.version,
                "fields": plan.fields,
                "points": [point.pk for point in points if point.client_id == plan.client.pk],
                "contact": plan.contact.pk if added[id(plan)] else None,
            }

    def _add_people(self, plans: Sequence[Plan]) -> list[ContactPoint]:
        """The new contacts and numbers of these plans; two statements."""
        new = [plan.contact for plan in plans if plan.contact and plan.contact.pk is None]
        for plan in plans:
            if plan.contact:
                plan.contact.client = plan.client
        Contact.objects.bulk_create(new)
        return ContactPoint.objects.bulk_create(
            ContactPoint(
                client=plan.client,
                contact=plan.contact,
                kind=ContactPoint.Kind.PHONE,
                value=phone.e164,
                tail=phone.e164[-4:],
                extension=phone.extension,
                added_by=self.actor,
            )
            for plan in plans
            for phone in _each_once(plan.phones)
        )


def _each_once(phones: Sequence[Phone]) -> list[Phone]:
    """One number with two extensions is one number."""
    return list({phone.e164: phone for phone in reversed(phones)}.values())[::-1]


def identity_of(values: Mapping[str, Any]) -> str:
    return firm_key(values["name"]) if values.get("name") else ""


def _check_credit_code(draft: Draft) -> None:
    """Codes without their check digit are left out, with a word about it."""
    text = draft.values.pop("credit_code", "")
    if text and valid_credit_code(text):
        draft.values["credit_code"] = credit_code(text)
    elif text:
        message = _("This is not a credit code: 18 characters with a check digit.")
        draft.problems.append(Problem("credit_code", text, message))


def _no_owner(text: str, found: Sequence[User], nearest: str) -> Problem:
    if found:
        message = _("Several people are called “%(name)s”. Enter the user name.") % {"name": text}
    elif nearest:
        message = _("Nobody is called “%(name)s”. Do you mean %(nearest)s?") % {
            "name": text,
            "nearest": nearest,
        }
    else:
        message = _("Nobody to whom you may assign is called “%(name)s”.") % {"name": text}
    return Problem("owner", text, message, suggestion=nearest)


def _alike(known: Held | Hidden) -> str:
    if isinstance(known, Hidden):
        return _("One of the numbers is in the book already, with %(team)s.") % {"team": known.team}
    return _("“%(name)s” has the same number.") % {"name": known.client.name}


def _fields(batch: Import, draft: Draft) -> dict[str, Any]:
    """The client's own fields that the row gives."""
    plain = ("credit_code", "industry", "category", "region", "address", "next_contact_on")
    fields = {name: draft.values[name] for name in plain if draft.values.get(name)}
    if note := _note(batch, draft.values):
        fields["note"] = note
    return fields


def _note(batch: Import, values: Mapping[str, Any]) -> str:
    """Remark, follow-up and flag under the headers of the sheet.

    The sheet does not say when and how somebody was spoken to, so the follow-up becomes no contact
    record: those are counted (crm.communications).
    """
    headers = {key: batch.headers.get(place, "") for place, key in batch.mapping.items()}
    lines = [values["note"]] if values.get("note") else []
    if values.get("progress"):
        lines.append(f"{headers['progress']}：{values['progress']}")
    if "effective" in values:
        lines.append(f"{headers['effective']}：{_('yes') if values['effective'] else _('no')}")
    return "\n".join(lines)


def _contact(draft: Draft, *, main: bool = True) -> Contact | None:
    name, post = draft.values.get("contact", ""), draft.values.get("contact_post", "")
    if not (name or post or draft.values.get("phones")):
        return None
    return Contact(name=name, post=post, main=main)


def _search(plan: Plan, contacts: Sequence[Contact], points: Sequence[ContactPoint]) -> str:
    people = [one.name for one in contacts] + ([plan.contact.name] if plan.contact else [])
    tails = [one.tail for one in points] + [phone.e164[-4:] for phone in plan.phones]
    return indexed(plan.client.name, people=people, tails=tails)


def _additions(plan: Plan) -> list[str]:
    """What a row adds, in words: fields by name, numbers, a contact."""
    words = [str(Client._meta.get_field(name).verbose_name) for name in plan.fields]
    words += [phone.text for phone in plan.phones]
    if plan.contact is not None and plan.contact.pk is None:
        words.append(str(plan.contact))
    return words


def _changes(plan: Plan, batch: Import) -> dict[str, Any]:
    changes: dict[str, Any] = {name: [None, value] for name, value in plan.fields.items()}
    if plan.phones:
        changes["phones"] = [None, len(plan.phones)]
    return changes | {"import": [None, batch.pk]}
