"""Writes over projects: opened, moved with substance, started, finished (R-par-09)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Contract
from crm.searching import indexed
from expansion import access, clock, offers
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.records import differences, lock, snapshot
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_of
from partnerships import requirements
from partnerships.models import Partner, Project

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

    Raises:
        Gone: the partner is not visible to this person.
        NotNow: the cooperation with the partner has ended.
        Invalid: the dates or the amount do not hold.
    """
    access.require(actor, "create", Project)
    partner = lock(access.visible_to(actor, Partner.objects.live()), partner.pk)
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
    return project


@transaction.atomic
def update_project(
    *, actor: User, record: Project, version: int | None = None, **values: Any
) -> Project:
    """Changes a project's own fields; stage and status move by their own verbs.

    Raises:
        Stale: somebody has changed it since `version`.
        NotNow: it is closed; only its evaluation may still be written (A-3.3.6a).
        Invalid: the dates or the amount do not hold.
    """
    access.require(actor, "edit", record)
    project = lock(Project.objects.live(), record.pk, version=version)
    before = snapshot(project, FIELDS)
    for name in FIELDS:
        setattr(project, name, values.get(name, getattr(project, name)))
    changes = differences(before, snapshot(project, FIELDS))
    if not project.is_open and set(changes) - {"evaluation"}:
        raise NotNow(_("This project is closed: only its evaluation may still be written."))
    _check(project)
    return _changed(actor, project, "changed", changes)


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
        Invalid: it is another firm's, or another project's.
    """
    access.require(actor, "edit", record)
    contract = access.find(actor, Contract.objects.live(), contract.pk)
    project = _locked(record)
    if contract.client_id != project.partner.client_id:
        raise Invalid(fields={"contract": [_("This contract is with another firm.")]})
    if Project.objects.filter(contract=contract).exclude(pk=project.pk).exists():
        raise Invalid(fields={"contract": [_("This contract belongs to another project.")]})
    changes = {"contract": [project.contract_id, contract.pk]}
    project.contract = contract
    return _changed(actor, project, "contract_linked", changes)


@transaction.atomic
def start_project(*, actor: User, record: Project, started_on: date | None = None) -> Project:
    """From planned to running; in `ktv` the written scheme is its gate (A-3.3.3a, R-par-08).

    Raises:
        NotNow: it has been started, or the scheme is not written.
        Invalid: the day has not come yet.
    """
    access.require(actor, "edit", record)
    project = _locked(record)
    if project.status != Status.PLANNED:
        raise NotNow(_status_sentence(project))
    if not requirements.OWN["scheme"](project):
        raise NotNow(_("Write the cooperation scheme first: content, mode, benefits, duties."))
    project.started_on = _not_after_today("started_on", started_on)
    return _to(actor, project, Status.RUNNING)


@transaction.atomic
def finish_project(*, actor: User, record: Project, ended_on: date | None = None) -> Project:
    """From running to done; what is to be evaluated is evaluated from now on (A-3.3.6a).

    Raises:
        NotNow: it is not running, or a phase is still open.
        Invalid: the day lies before the start or after today.
    """
    access.require(actor, "edit", record)
    project = _locked(record)
    if project.status != Status.RUNNING:
        raise NotNow(_status_sentence(project))
    if project.milestones.filter(done_on=None).exists():
        raise NotNow(_("A milestone is still open. Tick it off or remove it first."))
    day = _not_after_today("ended_on", ended_on)
    if project.started_on and day < project.started_on:
        raise Invalid(fields={"ended_on": [_("The end lies before the start.")]})
    project.ended_on = day
    return _to(actor, project, Status.DONE)


@transaction.atomic
def cancel_project(*, actor: User, record: Project, reason: str) -> Project:
    """Ends an open project without result, with the reason; its phases count no more."""
    access.require(actor, "edit", record)
    project = _locked(record)
    if not project.is_open:
        raise NotNow(_status_sentence(project))
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
    return _to(actor, project, Status.RUNNING if project.started_on else Status.PLANNED, reason)


@transaction.atomic
def delete_project(*, actor: User, record: Project, reason: str) -> Project:
    """Takes a project out of every list."""
    access.require(actor, "delete", record)
    project = _locked(record)
    project.deleted_at, project.deleted_by = clock.now(), actor
    return _changed(actor, project, "deleted", {"reason": [None, reason]})


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


def _locked(record: Project) -> Project:
    projects = Project.objects.live().select_related("partner", "rules_version")
    return lock(projects, record.pk)


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
