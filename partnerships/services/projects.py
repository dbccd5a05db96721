"""Writes over projects: opened, moved with substance, started, finished (R-par-09)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from crm.authority import require_decided, require_no_discount
from crm.models import Client, Contract
from crm.searching import indexed
from crm.services.escalations import escalate, settle_gone
from expansion import access, clock, offers
from expansion.approvals import succession
from expansion.approvals.services import call_off
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.records import differences, lock, snapshot
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_of
from partnerships import requirements
from partnerships.models import Partner, Project
from partnerships.services.schemes import undo_decision

FIELDS = (
    "title",
    "planned_start",
    "planned_end",
    "amount",
    "currency",
    "scheme",
    "resources",
    "evaluation",
)
LARGEST = Decimal("999999999999.99")
Status = Project.Status


@transaction.atomic
def create_project(
    *, actor: User, partner: Partner, title: str, rules_version: Version, **values: Any
) -> Project:
    """Opens a project in the pipeline's first stage; the writer leads it.

    Who works the partner does: its client's owner, who leads their team, the manager, and with whom
    the client is shared for working on it. Reading it is not enough (law 2).

    Raises:
        Gone: the partner is not visible to this person.
        Forbidden: it is not theirs to work.
        NotNow: the cooperation with the partner has ended.
        Invalid: the dates or the amount do not hold.
    """
    access.require(actor, "create", Project)
    client = lock(Client.objects.all(), partner.client_id)
    partner = lock(access.visible_to(actor, Partner.objects.live()), partner.pk)
    partner.client = client
    access.require(actor, "edit", partner)
    if partner.status == Partner.Status.ENDED:
        raise NotNow(_("The cooperation with this partner has ended. Take it up again first."))
    project = Project(
        partner=partner,
        title=title.strip(),
        owner=actor,
        team=home_unit(actor),
        rules_version=rules_version,
        stage=rules_of(rules_version).pipeline("partnership").open_stages[0].key,
        **values,
    )
    _check(project)
    project.save()
    changes = {"title": [None, project.title], "stage": [None, project.stage]}
    write(actor=actor, verb="partnerships.project.created", about=project, changes=changes)
    escalate(actor=actor, record=project)
    return project


@transaction.atomic
def update_project(
    *, actor: User, record: Project, version: int | None = None, **values: Any
) -> Project:
    """Changes a project's own fields; stage and status move by their own verbs.

    A scheme that was decided over and has changed is a draft again, and so is one whose amount
    has.

    Raises:
        Stale: somebody has changed it since `version`.
        NotNow: it is closed; only its evaluation may still be written (A-3.3.6a). Or its scheme is
            being approved.
        Forbidden: it waits for a decision over who carries it on, and the amount is lower.
        Invalid: the dates or the amount do not hold.
    """
    access.require(actor, "edit", record)
    project = _locked(record, version)
    before = snapshot(project, FIELDS)
    for name in FIELDS:
        setattr(project, name, values.get(name, getattr(project, name)))
    changes = differences(before, snapshot(project, FIELDS))
    if not project.is_open and set(changes) - {"evaluation"}:
        raise NotNow(_("This project is closed: only its evaluation may still be written."))
    _check(project)
    require_no_discount(actor, project, before["amount"], before["currency"])
    undo_decision(project, changes)
    changed = _changed(actor, project, "changed", changes)
    if changed.is_open:
        escalate(actor=actor, record=changed)
    return changed


@transaction.atomic
def move_project(
    *, actor: User, record: Project, stage: str, reason: str = "", override: bool = False
) -> Project:
    """Moves a project to a stage of its own pipeline; where it stands already, nothing happens.

    Forward it needs what that stage and all between require (A-3.3.4a, A-3.3.5a, A-3.3.6a); back
    it needs a reason. With `override` and a reason the leader or manager moves it all the same.

    Raises:
        Forbidden: not this person's to move, or to override.
        Invalid: something is missing (the sentence says what), or the reason is.
    """
    access.require(actor, "override" if override else "edit", record)
    project = _locked(record)
    keys = requirements.stage_keys(project)
    if stage not in keys:
        raise Invalid(fields={"stage": [_("This pipeline has no such stage.")]})
    if stage == project.stage:
        return project
    back = project.stage in keys and keys.index(stage) < keys.index(project.stage)
    missing = [] if back else requirements.missing(project, stage)
    _check_move(back=back, missing=missing, reason=reason, override=override)
    changes: dict[str, list[Any]] = {"stage": [project.stage, stage]}
    changes |= {"reason": [None, reason]} if reason else {}
    changes |= {"missing": [None, missing]} if missing else {}
    project.stage = stage
    return _changed(actor, project, "moved", changes)


@transaction.atomic
def link_contract(*, actor: User, record: Project, contract: Contract) -> Project:
    """Says by which contract the project is signed: one of the same firm, for one project only.

    Raises:
        Gone: the contract is not visible to this person.
        Forbidden: it waits for a decision over who carries it on (R-exp-06).
        Invalid: it is another firm's, or another project's.
    """
    access.require(actor, "edit", record)
    project = _locked(record)
    contract = access.find(actor, Contract.objects.live(), contract.pk)
    require_decided(actor, project)
    if contract.client_id != project.partner.client_id:
        raise Invalid(fields={"contract": [_("This contract is with another firm.")]})
    if Project.objects.filter(contract=contract).exclude(pk=project.pk).exists():
        raise Invalid(fields={"contract": [_("This contract belongs to another project.")]})
    changes = {"contract": [project.contract_id, contract.pk]}
    if contract.pk != project.contract_id:
        project.signed_owner_id = project.owner_id if contract.signed_on else None
    project.contract = contract
    return _changed(actor, project, "contract_linked", changes)


@transaction.atomic
def start_project(*, actor: User, record: Project, started_on: date | None = None) -> Project:
    """From planned to running, once there is what the rulebook asks for before (R-par-08): by
    `partnerships.start_requires` an approved scheme in `ktv` (A-3.3.3a), an approved contract in
    `leasing` (D-2.1.4b), nothing in `club`.

    Raises:
        NotNow: it has been started, or something is missing (the sentence says what).
        Forbidden: it waits for a decision over who carries it on (R-exp-06).
        Invalid: the day has not come yet.
    """
    access.require(actor, "edit", record)
    project = _locked(record)
    if project.status != Status.PLANNED:
        raise NotNow(_status_sentence(project))
    require_decided(actor, project)
    if missing := requirements.missing_to_start(project):
        text = _("Still missing before the start: %(items)s.")
        raise NotNow(text % {"items": _(", ").join(missing)})
    project.started_on = _not_after_today("started_on", started_on)
    return _to(actor, project, Status.RUNNING)


@transaction.atomic
def finish_project(*, actor: User, record: Project, ended_on: date | None = None) -> Project:
    """From running to done; what is to be evaluated is evaluated from now on (A-3.3.6a).

    Raises:
        NotNow: it is not running, or a phase is still open.
        Forbidden: it waits for a decision over who carries it on (R-exp-06).
        Invalid: the day lies before the start or after today.
    """
    access.require(actor, "edit", record)
    project = _locked(record)
    if project.status != Status.RUNNING:
        raise NotNow(_status_sentence(project))
    if project.milestones.filter(done_on=None).exists():
        raise NotNow(_("A milestone is still open. Tick it off or remove it first."))
    require_decided(actor, project)
    day = _not_after_today("ended_on", ended_on)
    if project.started_on and day < project.started_on:
        raise Invalid(fields={"ended_on": [_("The end lies before the start.")]})
    project.ended_on = day
    return _to(actor, project, Status.DONE)


@transaction.atomic
def cancel_project(*, actor: User, record: Project, reason: str) -> Project:
    """Ends an open project without result, with the reason; its phases count no more, and nobody
    decides over its scheme any more.

    Raises:
        NotNow: it is closed already.
        Forbidden: it waits for a decision over who carries it on (R-exp-06).
    """
    access.require(actor, "edit", record)
    project = _let_go(actor, record)
    if not project.is_open:
        raise NotNow(_status_sentence(project))
    require_decided(actor, project)
    project.ended_on, project.closed_reason = clock.today(), reason
    return _to(actor, project, Status.CANCELLED, reason)


@transaction.atomic
def reopen_project(*, actor: User, record: Project, reason: str) -> Project:
    """Takes a closed project up again, with the reason."""
    access.require(actor, "edit", record)
    project = _locked(record)
    if project.is_open:
        raise NotNow(_status_sentence(project))
    project.ended_on, project.closed_reason = None, ""
    status = Status.RUNNING if project.started_on else Status.PLANNED
    reopened = _to(actor, project, status, reason)
    escalate(actor=actor, record=reopened)
    return reopened


@transaction.atomic
def delete_project(*, actor: User, record: Project, reason: str) -> Project:
    """Takes a project out of every list; nobody decides over it or its scheme any more."""
    access.require(actor, "delete", record)
    project = _let_go(actor, record)
    settle_gone(actor=actor, record=project, reason=reason)
    project.deleted_at, project.deleted_by = clock.now(), actor
    return _changed(actor, project, "deleted", {"reason": [None, reason]})


def take_over(*, actor: User, record: Any, holder: User, reason: str) -> None:
    """Reaction to `crm.matter.taken_over`: the project goes to whoever decides over it, with what
    is being decided of it (R-exp-06). What is no project is another room's."""
    if not isinstance(record, Project):
        return
    succession.hold_rounds(Project, [record.pk])
    project = _locked(record)
    changes: dict[str, list[Any]] = {"owner": [project.owner_id, holder.pk]}
    changes |= {"reason": [None, reason]} if reason else {}
    project.owner, project.team = holder, home_unit(holder)
    _changed(actor, project, "reassigned", changes)
    succession.receive(actor=actor, model=Project, owners={project.pk: holder.pk})


def count_signed(*, actor: Any, record: Contract) -> None:
    """Reaction to `contract.signed`: the project that it belongs to counts for who leads it now."""
    Project.objects.filter(contract=record).update(signed_owner=F("owner"))


def _check_move(*, back: bool, missing: list[str], reason: str, override: bool) -> None:
    if back and not reason.strip():
        raise Invalid(fields={"reason": [_("Going back needs a reason.")]})
    if missing and not override:
        text = _("Still missing for this stage: %(items)s.") % {"items": _(", ").join(missing)}
        raise Invalid(fields={"stage": [text]})
    if missing and not reason.strip():
        raise Invalid(fields={"reason": [_("Moving it all the same needs a reason.")]})


def _check(project: Project) -> None:
    """What holds in every state."""
    wrong: dict[str, list[str]] = {}
    if not project.title:
        wrong["title"] = [_("Give the project a title.")]
    if project.planned_end < project.planned_start:
        wrong["planned_end"] = [_("The end lies before the start.")]
    if project.amount is not None and not 0 <= project.amount <= LARGEST:
        wrong["amount"] = [_("An amount lies between 0 and 999,999,999,999.99.")]
    if wrong:
        raise Invalid(fields=wrong)
    project.search = indexed(project.title)


def _not_after_today(name: str, day: date | None) -> date:
    day = day or clock.today()
    if day > clock.today():
        raise Invalid(fields={name: [_("This day has not come yet.")]})
    return day


def _status_sentence(project: Project) -> str:
    return _("This project is %(status)s.") % {"status": project.get_status_display()}


def _locked(record: Project, version: int | None = None) -> Project:
    """The project, held after its client, whom everybody takes first who makes matters of it."""
    lock(Client.objects.all(), record.partner.client_id)
    projects = Project.objects.live().select_related("partner__client", "owner", "rules_version")
    return lock(projects, record.pk, version=version)


def _let_go(actor: User, record: Project) -> Project:
    """The same once nobody decides over its scheme any more."""
    lock(Client.objects.all(), record.partner.client_id)
    call_off(actor=actor, record=record)
    return _locked(record)


def _to(actor: User, project: Project, status: Status, reason: str = "") -> Project:
    changes: dict[str, list[Any]] = {"status": [project.status, status.value]}
    changes |= {"reason": [None, reason]} if reason else {}
    project.status = status
    changed = _changed(actor, project, status.value, changes)
    offers.announce(f"project.{status.value}", actor=actor, record=changed)
    return changed


def _changed(actor: User, project: Project, word: str, changes: dict[str, Any]) -> Project:
    project.version += 1
    project.save()
    write(actor=actor, verb=f"partnerships.project.{word}", about=project, changes=changes)
    return project
