"""Writes over a project's scheme: handed in, decided, and what a change of it undoes (R-par-03)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock, offers
from expansion.approvals.models import Request
from expansion.approvals.selectors import was_returned
from expansion.approvals.services import submit
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.schema import Rules
from partnerships.models import Project
from partnerships.requirements import asks_approval

Status = Project.SchemeStatus


@transaction.atomic
def submit_scheme(*, actor: User, record: Project, rules: Rules, comment: str = "") -> Project:
    """Hands the written scheme to its chain: nothing is offered before it is approved (A-3.3.3b).

    Raises:
        NotNow: the project is closed, or the scheme is being approved or has been decided.
        Invalid: it is not written (A-3.3.3a).
    """
    access.require(actor, "submit", record)
    project = lock(Project.objects.live().select_related("partner__client"), record.pk)
    _check(project, rules)
    _moved(actor, project, Status.IN_APPROVAL)
    submit(actor=actor, record=project, rules=rules, comment=comment)
    return project


def _check(project: Project, rules: Rules) -> None:
    if not project.is_open:
        words = {"status": project.get_status_display()}
        raise NotNow(_("This project is %(status)s.") % words)
    if project.scheme_status == Status.IN_APPROVAL:
        raise NotNow(_("This is being decided already. Withdraw it before you submit it again."))
    if project.scheme_status in (Status.APPROVED, Status.REJECTED):
        raise NotNow(_("This scheme has been decided. Change it first, then submit it again."))
    if not project.scheme.strip():
        raise Invalid(_("Write the cooperation scheme first: content, mode, benefits, duties."))
    if not asks_approval(rules):
        raise NotNow(_("The rulebook asks for no approval of schemes."))


def scheme_approved(record: Project, actor: User, request: Request) -> None:
    project = _decided(record, actor, Status.APPROVED)
    offers.announce("project.scheme.approved", actor=actor, record=project)


def scheme_returned(record: Project, actor: User, request: Request) -> None:
    _decided(record, actor, Status.RETURNED)


def scheme_rejected(record: Project, actor: User, request: Request) -> None:
    _decided(record, actor, Status.REJECTED)


def scheme_withdrawn(record: Project, actor: User, request: Request) -> None:
    project = lock(Project.objects.all(), record.pk)
    before = Status.RETURNED if was_returned(request) else Status.DRAFT
    _moved(actor, project, before, "withdrawn")


def _decided(record: Project, actor: User, status: Status) -> Project:
    return _moved(actor, lock(Project.objects.all(), record.pk), status)


def _moved(actor: User, project: Project, status: Status, word: str = "") -> Project:
    changes = {"scheme_status": [project.scheme_status, status.value]}
    project.scheme_status = status
    if status == Status.APPROVED:
        project.scheme_approved_at = clock.now()
    project.version += 1
    project.save()
    verb = f"partnerships.scheme.{word or status.value}"
    write(actor=actor, verb=verb, about=project, changes=changes)
    return project


def undo_decision(project: Project, changes: dict[str, Any]) -> None:
    """What was decided and has changed is a draft again; called for a project that is held, with
    what changes, to which the state is added.

    Raises:
        NotNow: it is being decided as it was.
    """
    if project.scheme_status == Status.IN_APPROVAL and set(Project.SHOWN) & set(changes):
        raise NotNow(_("The scheme is being approved. Withdraw it first, then change it."))
    if not set(Project.SCHEME) & set(changes):
        return
    if project.scheme_status in (Status.APPROVED, Status.REJECTED):
        changes["scheme_status"] = [project.scheme_status, Status.DRAFT.value]
        project.scheme_status = Status.DRAFT
