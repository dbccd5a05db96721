"""Who may see and do what with questionnaires.

Whoever works clients runs the own ones, a leader the team's, the manager all; who read along is
told by the matrix. Answers are read by nobody one by one: pages and files show what
`selectors.results` makes of them.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.access import Scope, Seat, principals
from expansion.people.models import Role
from expansion.surveys.models import Invitation, Measure, Question, Questionnaire

RUNNING: Mapping[str, Scope] = {
    Role.MEMBER: Scope.OWN,
    Role.LEADER: Scope.TEAM,
    Role.DEPUTY: Scope.OWN,
    Role.CONSOLIDATOR: Scope.OWN,
    Role.MANAGER: Scope.DEPARTMENT,
}
READING: Mapping[str, Scope] = {
    Role.MEMBER: Scope.TEAM,
    Role.LEADER: Scope.TEAM,
    Role.DEPUTY: Scope.DEPARTMENT,
    Role.CONSOLIDATOR: Scope.DEPARTMENT,
    Role.MANAGER: Scope.DEPARTMENT,
    Role.LEADERSHIP: Scope.DEPARTMENT,
}


@access.register(Questionnaire)
class QuestionnaireAccess(access.Rule):
    """The state is asked by the services, whose sentences say what to do instead."""

    adjustable = True
    grants = {
        "view": READING,
        "create": RUNNING,
        "edit": RUNNING,
        "report": RUNNING,
        "export": READING,
    }
    also_because = _("is responsible for a measure after it")

    def also_visible(self, person: Any) -> Q:
        """From the report on, whoever is told of a measure reads what it follows from."""
        own = Measure.objects.filter(responsible__in=sorted(principals(person)))
        return Q(status=Questionnaire.Status.REPORTED, pk__in=own.values("questionnaire_id"))

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.deleted_at is None


class OfQuestionnaire(access.Rule):
    """Seen with the questionnaire, and changed by whoever runs it."""

    owner, team = "questionnaire__owner", "questionnaire__team"
    follows, via = Questionnaire, "questionnaire"
    grants = {"view": READING, "edit": RUNNING, "export": READING}

    def scope(self, seat: access.Seat, action: str) -> Scope:
        """As the questionnaire's own, also where an administrator granted that otherwise."""
        return access.rule_of(Questionnaire).scope(seat, action)

    def also_visible(self, person: Any) -> Q:
        found = access.visible_to(person, Questionnaire.objects.all()).order_by().values("pk")
        return Q(questionnaire__in=found)

    def allows(self, person: Any, action: str, record: Any) -> bool:
        return record.questionnaire.deleted_at is None


@access.register(Question)
class QuestionAccess(OfQuestionnaire):
    pass


@access.register(Invitation)
class InvitationAccess(OfQuestionnaire):
    """Whose record it is shows only to whoever sees that record too."""


@access.register(Measure)
class MeasureAccess(OfQuestionnaire):
    """Whoever is responsible says that it is carried out, as does whoever runs the survey."""

    grants = OfQuestionnaire.grants | {"complete": RUNNING}

    def covers(self, person: Any, seat: Seat, action: str, record: Any) -> bool:
        if action != "complete":
            return super().covers(person, seat, action, record)
        responsible = record.responsible_id == (seat.acting_for or person.pk)
        return responsible or super().covers(person, seat, "edit", record)
