"""Writes over leads and the test whether one is effective (R-crm-02, E11-2.3.2)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from crm.models import Client, Communication, Lead, LeadCondition, Visit
from crm.services.clients import check_source
from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules

FIELDS = ("title", "need", "source", "long_cycle")
PRESENTATION = "presentation_heard"
CONTINUING = "contact_continuing"
Status = Lead.Status


@transaction.atomic
def create_lead(
    *, actor: User, client: Client, title: str, rules: Rules | None = None, **values: Any
) -> Lead:
    """A new lead of a client, worked by the client's owner in the client's team.

    Raises:
        Invalid: `rules` do not offer the source.
        Forbidden: the client is not this person's to work.
    """
    access.require(actor, "edit", client)
    check_source(rules, values.get("source", ""))
    client = lock(Client.objects.live(), client.pk)
    lead = Lead.objects.create(
        client=client,
        owner_id=client.owner_id,
        team_id=client.team_id,
        title=title.strip(),
        **values,
    )
    write(actor=actor, verb="crm.lead.created", about=lead, changes={"title": [None, lead.title]})
    return lead


@transaction.atomic
def update_lead(
    *,
    actor: User,
    record: Lead,
    version: int | None = None,
    rules: Rules | None = None,
    **values: Any,
) -> Lead:
    """Changes a lead's own fields.

    Raises:
        Invalid: `rules` do not offer the new source.
        Stale: somebody has changed it since `version`.
    """
    access.require(actor, "edit", record)
    lead = lock(Lead.objects.live(), record.pk, version=version)
    before = snapshot(lead, FIELDS)
    for name in FIELDS:
        setattr(lead, name, values.get(name, getattr(lead, name)))
    check_source(rules, lead.source, before["source"])
    _save(lead, *FIELDS)
    changes = differences(before, snapshot(lead, FIELDS))
    write(actor=actor, verb="crm.lead.changed", about=lead, changes=changes)
    return lead


@transaction.atomic
def mark_condition(
    *,
    actor: User,
    rules: Rules,
    record: Lead,
    key: str,
    met: bool,
    evidence: str,
    on: date | None = None,
) -> Lead:
    """The owner marks one condition as met or not, with what shows it (E11-2.3.2).

    `on` is the day since which it holds, today where none is given. Earlier marks stay as history.

    Raises:
        Forbidden: the lead is not this person's to work.
        NotNow: the lead is closed, or the manager has decided this condition.
        Invalid: no evidence, a day that lies ahead, or a condition that is computed.
    """
    access.require(actor, "edit", record)
    lead = _open(record)
    if key == CONTINUING:
        raise Invalid(_("This condition is read from the client's next contact. Set a date there."))
    marks = standing(lead)
    decided = marks.get(key)
    if decided and decided.overruled:
        raise NotNow(
            _("%(name)s has decided this condition. Ask there.") % {"name": decided.by.name}
        )
    return _mark(actor, rules, lead, key, met, evidence, on, marks=marks)


@transaction.atomic
def overrule_condition(
    *, actor: User, rules: Rules, record: Lead, key: str, met: bool, reason: str
) -> Lead:
    """The manager decides a condition, whatever was marked or computed; `reason` stays with it.

    Raises:
        Forbidden: only who leads may overrule.
    """
    access.require(actor, "overrule", record)
    lead = _open(record)
    return _mark(actor, rules, lead, key, met, reason, None, marks=standing(lead), overruled=True)


@transaction.atomic
def close_lead(*, actor: User, record: Lead, reason: str) -> Lead:
    """Sets a lead aside as invalid; it leaves every count and keeps its history."""
    access.require(actor, "edit", record)
    lead = _open(record)
    before = snapshot(lead, ("status", "effective_on"))
    lead.status, lead.closed_reason = Status.INVALID, reason
    lead.effective_on = lead.effective_owner = None
    _save(lead, "status", "effective_on", "effective_owner", "closed_reason")
    changes = differences(before, snapshot(lead, ("status", "effective_on")))
    changes["reason"] = [None, reason]
    write(actor=actor, verb="crm.lead.closed", about=lead, changes=changes)
    return lead


@transaction.atomic
def reopen_lead(*, actor: User, rules: Rules, record: Lead) -> Lead:
    """Takes an invalid lead up again; its conditions are read anew."""
    access.require(actor, "edit", record)
    lead = lock(Lead.objects.live(), record.pk)
    if lead.status != Status.INVALID:
        raise NotNow(_("Only a lead that was set aside can be taken up again."))
    lead.status, lead.closed_reason = Status.WORKING, ""
    _save(lead, "status", "closed_reason")
    write(actor=actor, verb="crm.lead.reopened", about=lead)
    judge_lead(actor=actor, rules=rules, lead=lead)
    return lead


def standing(lead: Lead) -> dict[str, LeadCondition]:
    """The mark that holds for each condition: the latest."""
    marks = lead.conditions.select_related("by").order_by("pk")
    return {mark.key: mark for mark in marks}


def judge_lead(
    *,
    actor: User | None,
    rules: Rules,
    lead: Lead,
    marks: dict[str, LeadCondition] | None = None,
) -> None:
    """Computes whether an open lead is effective and since when; the caller holds its row.

    `marks` are those that stand, where the caller has read them already.

    Effective is a lead of which every required condition is true; the day is that on which the
    last one became so. Where the rulebook does not tell leads apart, none is effective.
    """
    if lead.status not in Lead.OPEN:
        return
    since = _effective_since(rules, lead, marks)
    before = snapshot(lead, ("status", "effective_on"))
    if since is None:
        lead.effective_on = lead.effective_owner = None
        lead.status = Status.WORKING if lead.status == Status.EFFECTIVE else lead.status
    else:
        if lead.effective_on is None:
            lead.effective_on, lead.effective_owner_id = since, lead.owner_id
        lead.status = Status.EFFECTIVE
    changes = differences(before, snapshot(lead, ("status", "effective_on")))
    if changes:
        _save(lead, "status", "effective_on", "effective_owner")
        write(actor=actor, verb="crm.lead.judged", about=lead, changes=changes)


def judge_client(*, actor: User | None, rules: Rules, client: Client) -> None:
    """Judges the open leads of a client that has just been contacted; the caller holds its row."""
    for lead in client.leads.live().open().select_for_update(of=("self",)):
        lead.client = client
        judge_lead(actor=actor, rules=rules, lead=lead)


@transaction.atomic
def judge_open_leads(*, rules: Rules) -> int:
    """Judges every open lead anew, because a next contact that lay ahead may have passed.

    Returns how many changed. Run twice on a day, it changes nothing the second time.
    """
    leads = list(
        Lead.objects.live()
        .open()
        .exclude(status=Status.NEW)
        .select_related("client")
        .select_for_update(of=("self",))
    )
    before = [lead.effective_on for lead in leads]
    for lead in leads:
        judge_lead(actor=None, rules=rules, lead=lead)
    return sum(lead.effective_on != day for lead, day in zip(leads, before, strict=True))


def continuing_since(lead: Lead, presented_on: date | None) -> date | None:
    """Since when contact with the client goes on; None where it does not (reading 27).

    It does while a next contact lies ahead, and once there was a contact on a later day than the
    presentation.
    """
    if presented_on is not None:
        first = _first_contact_after(lead, presented_on)
        if first is not None:
            return clock.local_date(first)
    following = lead.client.next_contact_on
    return clock.today() if following and following > clock.today() else None


def _first_contact_after(lead: Lead, day: date) -> datetime | None:
    start = clock.moment_on(day + timedelta(days=1), time())
    visits = Visit.objects.live().done().filter(client=lead.client_id, took_place_at__gte=start)
    talks = Communication.objects.live().filter(client=lead.client_id, at__gte=start, reached=True)
    moments = [
        visits.aggregate(first=Min("took_place_at"))["first"],
        talks.aggregate(first=Min("at"))["first"],
    ]
    return min(filter(None, moments), default=None)


def _effective_since(
    rules: Rules, lead: Lead, marks: dict[str, LeadCondition] | None
) -> date | None:
    test = rules.crm.effective_lead
    if not test.enabled.value:
        return None
    marks = standing(lead) if marks is None else marks
    required = [one.key for one in test.conditions if one.required.value]
    days = [met_since(lead, key, marks) for key in required]
    if not days or None in days:
        return None
    return max(day for day in days if day is not None)


def met_since(lead: Lead, key: str, marks: dict[str, LeadCondition]) -> date | None:
    """Since when a condition holds by the marks that stand; None while it does not."""
    mark = marks.get(key)
    if key == CONTINUING and not (mark and mark.overruled):
        presented = marks.get(PRESENTATION)
        return continuing_since(lead, presented.on if presented and presented.met else None)
    return mark.on if mark and mark.met else None


def _mark(
    actor: User,
    rules: Rules,
    lead: Lead,
    key: str,
    met: bool,
    evidence: str,
    on: date | None,
    *,
    marks: dict[str, LeadCondition],
    overruled: bool = False,
) -> Lead:
    _check_mark(rules, key, evidence, on)
    marks[key] = LeadCondition.objects.create(
        lead=lead,
        key=key,
        met=met,
        evidence=evidence.strip(),
        on=on or clock.today(),
        overruled=overruled,
        by=actor,
        at=clock.now(),
    )
    if lead.status == Status.NEW:
        lead.status = Status.WORKING
    _save(lead, "status")
    verb = "crm.lead.overruled" if overruled else "crm.lead.marked"
    changes = {key: [None, met], "evidence": [None, evidence.strip()]}
    write(actor=actor, verb=verb, about=lead, changes=changes)
    judge_lead(actor=actor, rules=rules, lead=lead, marks=marks)
    return lead


def _check_mark(rules: Rules, key: str, evidence: str, on: date | None) -> None:
    if key not in {one.key for one in rules.crm.effective_lead.conditions}:
        raise Invalid(fields={"key": [_("The rulebook knows no such condition.")]})
    if not evidence.strip():
        raise Invalid(fields={"evidence": [_("Say in a few words what shows it.")]})
    if on and on > clock.today():
        raise Invalid(fields={"on": [_("This day lies ahead. Mark it when it has come.")]})


def _open(record: Lead) -> Lead:
    lead = lock(Lead.objects.live().select_related("client"), record.pk)
    if lead.status not in Lead.OPEN:
        raise NotNow(_("This lead is closed (%(status)s).") % {"status": lead.get_status_display()})
    return lead


def _save(lead: Lead, *fields: str) -> None:
    lead.version += 1
    lead.save(update_fields=[*fields, "version", "updated_at"])
