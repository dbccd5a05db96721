"""Who may see and do what with agreements, statements, rights in ideas and public matters."""

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.access import Scope
from expansion.approvals.selectors import decided_records
from expansion.office.access import OVERSEEING, OWN
from expansion.office.models import IpRight, Nda, PublicMatter, Statement
from expansion.people.models import Role

Grants = Mapping[str, Scope]

WORKING: Grants = OWN | OVERSEEING
EACH_THEIR_OWN: Grants = dict.fromkeys(Role.values, Scope.OWN)
KEEPING: Grants = {Role.MANAGER: Scope.DEPARTMENT, Role.HR: Scope.DEPARTMENT}
READING: Grants = dict.fromkeys((*OWN, Role.LEGAL, Role.LEADERSHIP), Scope.DEPARTMENT)
REGISTERING: Grants = {
    Role.LEADER: Scope.OWN,
    Role.DEPUTY: Scope.OWN,
    Role.CONSOLIDATOR: Scope.OWN,
    Role.MANAGER: Scope.DEPARTMENT,
    Role.LEGAL: Scope.DEPARTMENT,
}


@access.register(Nda)
class NdaAccess(access.Rule):
    """HR and the manager keep them, everybody reads the own ones; who administers reads none of
    anybody else's, in a rehearsal neither."""

    owner, team = "person", None
    adjustable, private = True, True
    grants = {
        "view": EACH_THEIR_OWN | KEEPING,
        "create": KEEPING,
        "edit": KEEPING,
        "delete": KEEPING,
        "export": KEEPING,
    }

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None


@access.register(Statement)
class StatementAccess(access.Rule):
    """A member writes the own ones, a leader reads and corrects the team's, the manager all.

    `write` is for whoever works it, `edit` and `submit` only while its text is open: services ask
    `write` and say themselves why a locked text stays as it is.
    """

    adjustable = True
    grants = {
        "view": WORKING,
        "create": WORKING,
        "write": WORKING,
        "edit": WORKING,
        "submit": WORKING,
        "release": WORKING,
        "withdraw": WORKING,
        "export": WORKING,
    }
    also_because = _("decides over it, or has decided")

    def also_visible(self, person: Any) -> Q:
        kind = ContentType.objects.get_for_model(Statement)
        return Q(pk__in=decided_records(person, about_type=kind))

    def kept_back(self) -> Q:
        return Q(status__in=Statement.EDITABLE)

    def freezes(self, record: Any) -> bool:
        return not record.is_editable

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.is_editable if action in {"edit", "submit"} else True


@access.register(IpRight)
class IpRightAccess(access.Rule):
    """Known to the whole department, to legal and to leadership; whoever registers one keeps it,
    the manager and legal keep all."""

    owner, team = "recorded_by", None
    adjustable = True
    grants = {
        "view": READING,
        "create": REGISTERING,
        "edit": REGISTERING,
        "delete": REGISTERING,
        "export": READING,
    }

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None


@access.register(PublicMatter)
class PublicMatterAccess(access.Rule):
    """Whoever dealt with it, the own team's head, the manager (E9-3.1i); leadership reads along."""

    adjustable = True
    grants = {
        "view": WORKING | {Role.LEADERSHIP: Scope.DEPARTMENT},
        "create": WORKING,
        "edit": WORKING,
        "delete": OVERSEEING,
        "export": WORKING | {Role.LEADERSHIP: Scope.DEPARTMENT},
    }

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None
