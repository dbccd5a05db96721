"""Writes over opportunities: opened, moved with substance, won or lost (R-crm-06)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.authority import require_authority, require_no_discount, ruling
from crm.models import Client, Lead, Opportunity, StageMove
from crm.pipelines import pipeline_of
from crm.requirements import Requirements, sentence
from crm.services.escalations import escalate
from crm.services.following import refresh_stage
from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of, unread
from expansion.rulebook.work import Pipeline

FIELDS = ("title", "need", "amount", "currency", "probability", "expected_on")
Status = Opportunity.Status


@transaction.atomic
def create_opportunity(
    *,
    actor: User,
    client: Client,
    title: str,
    rules_version: Version,
    lead: Lead | None = None,
    pipeline: str = "",
    **values: Any,
) -> Opportunity:
    """Opens an opportunity in the first stage of a pipeline; it keeps that version of the rulebook.

    Without a `pipeline` it is the one of the team whose client it is, else the first (reading 37).

    Raises:
        Forbidden: the client is not this person's to work.
        Invalid: opportunities walk no such pipeline.
    """
    access.require(actor, "edit", client)
    client = lock(Client.objects.live(), client.pk)
    way = _pipeline(rules_of(rules_version), pipeline, client)
    first = way.open_stages[0].key
    opportunity = Opportunity.objects.create(
        client=client,
        owner_id=client.owner_id,
        team_id=client.team_id,
        lead=lead,
        title=title.strip(),
        rules_version=rules_version,
        pipeline=way.key,
        stage=first,
        stage_since=clock.now(),
        **values,
    )
    _moved(actor, opportunity, "", first)
    refresh_stage(client)
    changes = {
        "title": [None, opportunity.title],
        "pipeline": [None, way.key],
        "stage": [None, first],
    }
    write(actor=actor, verb="crm.opportunity.created", about=opportunity, changes=changes)
    escalate(actor=actor, record=opportunity, rules=rules_of(rules_version))
    return opportunity


@transaction.atomic
def convert_lead(
    *, actor: User, record: Lead, rules_version: Version, title: str = "", **values: Any
) -> Opportunity:
    """Makes an opportunity of an open lead; the lead stays, converted, and keeps its day.

    Raises:
        NotNow: the lead is converted or set aside already.
    """
    access.require(actor, "edit", record)
    client = lock(Client.objects.live(), record.client_id)
    lead = lock(Lead.objects.live(), record.pk)
    if lead.status not in Lead.OPEN:
        raise NotNow(_("This lead is closed (%(status)s).") % {"status": lead.get_status_display()})
    before = lead.status
    lead.status = Lead.Status.CONVERTED
    lead.version += 1
    lead.save(update_fields=["status", "version", "updated_at"])
    changes = {"status": [before, lead.status]}
    write(actor=actor, verb="crm.lead.converted", about=lead, changes=changes)
    given = {"need": lead.need} | values
    return create_opportunity(
        actor=actor,
        client=client,
        lead=lead,
        title=title or lead.title,
        rules_version=rules_version,
        **given,
    )


@transaction.atomic
def update_opportunity(
    *,
    actor: User,
    record: Opportunity,
    version: int | None = None,
    rules: Rules | None = None,
    **values: Any,
) -> Opportunity:
    """Changes an open opportunity's own fields; the stage moves by `move_opportunity` alone.

    What authority and reports have counted stays: a closed one is taken up again first.

    Raises:
        Stale: somebody has changed it since `version`.
        NotNow: it is closed.
        Forbidden: it waits for a decision over who carries it on, and the amount is lower.
    """
    access.require(actor, "edit", record)
    client = lock(Client.objects.live(), record.client_id)
    opportunity = lock(Opportunity.objects.live(), record.pk, version=version)
    require_open(opportunity)
    opportunity.client = client
    before = snapshot(opportunity, FIELDS)
    for name in FIELDS:
        setattr(opportunity, name, values.get(name, getattr(opportunity, name)))
    require_no_discount(actor, opportunity, before["amount"], before["currency"])
    _save(opportunity, *FIELDS)
    changes = differences(before, snapshot(opportunity, FIELDS))
    write(actor=actor, verb="crm.opportunity.changed", about=opportunity, changes=changes)
    escalate(actor=actor, record=opportunity, rules=rules)
    return opportunity


def require_open(opportunity: Opportunity) -> None:
    """Raises NotNow for one that is won or lost, with the sentence that says what to do."""
    if opportunity.status != Status.OPEN:
        raise NotNow(
            _("This opportunity is closed (%(status)s). Take it up again first.")
            % {"status": opportunity.get_status_display()}
        )


@transaction.atomic
def move_opportunity(
    *, actor: User, record: Opportunity, stage: str, reason: str = "", override: bool = False
) -> Opportunity:
    """Moves an open opportunity to a stage of its own pipeline.

    Forward it needs what that stage and every stage between require; back it needs a reason.
    With `override` and a reason the manager moves it all the same, and what was missing is kept.
    Moved to where it stands, nothing happens.

    Raises:
        Forbidden: not this person's to move, or to override.
        Invalid: something is missing (the sentence says what), or the reason is.
    """
    access.require(actor, "override" if override else "edit", record)
    opportunity = _open(record)
    keys = _stage_keys(opportunity)
    if stage not in keys:
        raise Invalid(fields={"stage": [_("This pipeline has no such stage.")]})
    if stage == opportunity.stage:
        return opportunity
    back = keys.index(stage) < keys.index(opportunity.stage)
    missing = [] if back else _missing(opportunity, stage, keys)
    _check_move(back=back, missing=missing, reason=reason, override=override)
    before = opportunity.stage
    opportunity.stage, opportunity.stage_since = stage, clock.now()
    _save(opportunity, "stage", "stage_since")
    _moved(actor, opportunity, before, stage, back=back, missing=missing, reason=reason)
    refresh_stage(opportunity.client)
    changes: dict[str, list[Any]] = {"stage": [before, stage]}
    changes |= {"reason": [None, reason]} if reason else {}
    changes |= {"missing": [None, missing]} if missing else {}
    write(actor=actor, verb="crm.opportunity.moved", about=opportunity, changes=changes)
    return opportunity


@transaction.atomic
def win_opportunity(
    *, actor: User, record: Opportunity, reason: str = "", rules: Rules | None = None
) -> Opportunity:
    """Closes an opportunity as won. It has to stand in the last stage, whose gate it has passed.

    Raises:
        Forbidden: it waits for its owner, or is beyond this person's limit (R-exp-06).
        NotNow: it is closed, has not come to the last stage, or leadership has not approved.
    """
    access.require(actor, "edit", record)
    opportunity = _open(record)
    if opportunity.stage != _stage_keys(opportunity)[-1]:
        raise NotNow(_("Move it to the last stage first: there it is won."))
    require_authority(actor, "edit", opportunity, ruling(rules))
    return _close(actor, opportunity, Status.WON, reason)


@transaction.atomic
def lose_opportunity(
    *, actor: User, record: Opportunity, reason: str, rules: Rules | None = None
) -> Opportunity:
    """Closes an opportunity as lost, with the reason.

    Raises:
        Forbidden: it waits for its owner, or is beyond this person's limit (R-exp-06).
        Invalid: the reason is missing.
    """
    access.require(actor, "edit", record)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Say why it was lost: the next one learns from it.")]})
    opportunity = _open(record)
    require_authority(actor, "edit", opportunity, ruling(rules), losing=True)
    return _close(actor, opportunity, Status.LOST, reason)


@transaction.atomic
def reopen_opportunity(*, actor: User, record: Opportunity, reason: str) -> Opportunity:
    """Takes a closed opportunity up again where it stood."""
    access.require(actor, "edit", record)
    opportunity = _locked(record)
    if opportunity.status == Status.OPEN:
        raise NotNow(_("This opportunity is open."))
    before = opportunity.status
    opportunity.status, opportunity.closed_at = Status.OPEN, None
    opportunity.closed_reason, opportunity.stage_since = "", clock.now()
    _save(opportunity, "status", "closed_at", "closed_reason", "stage_since")
    refresh_stage(opportunity.client)
    changes = {"status": [before, Status.OPEN.value], "reason": [None, reason]}
    write(actor=actor, verb="crm.opportunity.reopened", about=opportunity, changes=changes)
    return opportunity


def _check_move(*, back: bool, missing: list[str], reason: str, override: bool) -> None:
    if back and not reason.strip():
        raise Invalid(fields={"reason": [_("Going back needs a reason.")]})
    if missing and not override:
        wanted = _(", ").join(missing)
        raise Invalid(
            fields={"stage": [_("Still missing for this stage: %(items)s.") % {"items": wanted}]}
        )
    if missing and not reason.strip():
        raise Invalid(fields={"reason": [_("Moving it all the same needs a reason.")]})


def _missing(opportunity: Opportunity, stage: str, keys: list[str]) -> list[str]:
    """What is missing for the stage and for all between: none is jumped over."""
    asked = Requirements(pipeline_of(opportunity), [opportunity.client_id])
    passed = keys[keys.index(opportunity.stage) + 1 : keys.index(stage) + 1]
    found = [key for one in passed for key in asked.missing(one, opportunity.client_id)]
    return [sentence(key) for key in dict.fromkeys(found)]


def _stage_keys(opportunity: Opportunity) -> list[str]:
    """The stages in order; one that a rulebook dropped is followed by all of them."""
    return [stage.key for stage in pipeline_of(opportunity).open_stages]


def _pipeline(rules: Rules, key: str, client: Client) -> Pipeline:
    if not key:
        return rules.pipeline_for("opportunities", client.team.key)
    found = {one.key: one for one in rules.walked_by("opportunities")}
    if key not in found:
        raise Invalid(fields={"pipeline": [_("Opportunities walk no such pipeline.")]})
    return found[key]


def _close(actor: User, opportunity: Opportunity, status: Status, reason: str) -> Opportunity:
    opportunity.status, opportunity.closed_at = status, clock.now()
    opportunity.closed_reason = reason
    _save(opportunity, "status", "closed_at", "closed_reason")
    refresh_stage(opportunity.client)
    changes = {"status": [Status.OPEN.value, status.value], "reason": [None, reason]}
    write(actor=actor, verb=f"crm.opportunity.{status}", about=opportunity, changes=changes)
    return opportunity


def _moved(
    actor: User,
    opportunity: Opportunity,
    before: str,
    after: str,
    *,
    back: bool = False,
    missing: list[str] | None = None,
    reason: str = "",
) -> None:
    StageMove.objects.create(
        opportunity=opportunity,
        from_stage=before,
        to_stage=after,
        back=back,
        missing=missing or [],
        reason=reason,
        by=actor,
        at=opportunity.stage_since,
    )


def _open(record: Opportunity) -> Opportunity:
    opportunity = _locked(record)
    require_open(opportunity)
    return opportunity


def _locked(record: Opportunity) -> Opportunity:
    """The row and before it its client's: everybody takes the two in this order."""
    client = lock(Client.objects.live(), record.client_id)
    records = (
        Opportunity.objects.live().select_related("rules_version").defer(*unread("rules_version"))
    )
    opportunity = lock(records, record.pk)
    opportunity.client = client
    return opportunity


def _save(opportunity: Opportunity, *fields: str) -> None:
    opportunity.version += 1
    opportunity.save(update_fields=[*fields, "version", "updated_at"])
