"""Notes on how a clause is understood: published and withdrawn by whom the regulation names."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import clock
from expansion.audit.services import write
from expansion.errors import Forbidden, Gone, NotNow
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.access import interprets, interprets_for
from expansion.rulebook.models import Interpretation
from expansion.rulebook.schema import Rules


@transaction.atomic
def publish_interpretation(*, actor: Any, clause: str, text: str, rules: Rules) -> Interpretation:
    """Publishes how a clause is to be understood (R-exp-01, E1-3).

    Raises:
        Forbidden: the rulebook names somebody else for it.
        Gone: the rulebook has no such clause.
    """
    require_interpreter(actor)
    if clause not in {one.id for one in rules.clauses}:
        raise Gone(_("The rulebook in force has no such clause."))
    principal = _principal(actor)
    note = Interpretation.objects.create(
        clause=clause, text=text, by=actor, for_person=principal, published_at=clock.now()
    )
    write(
        actor=actor,
        verb="rulebook.interpretation.published",
        about=note,
        changes={"clause": [None, clause], "text": [None, text]},
        for_person=principal,
    )
    return note


@transaction.atomic
def withdraw_interpretation(*, actor: Any, record: Interpretation) -> Interpretation:
    """Takes a note back; it stays in the trail.

    Raises:
        Forbidden: the rulebook names somebody else for it.
        NotNow: it is withdrawn already.
    """
    require_interpreter(actor)
    note = lock(Interpretation.objects.all(), record.pk)
    if note.withdrawn_at is not None:
        raise NotNow(_("It is withdrawn already."))
    note.withdrawn_at, note.withdrawn_by = clock.now(), actor
    note.save(update_fields=["withdrawn_at", "withdrawn_by"])
    write(
        actor=actor,
        verb="rulebook.interpretation.withdrawn",
        about=note,
        for_person=_principal(actor),
    )
    return note


def _principal(actor: Any) -> User | None:
    return User.objects.filter(pk=interprets_for(actor)).first()


def require_interpreter(actor: Any) -> None:
    """
    Raises:
        Forbidden: the rulebook names somebody else to interpret its clauses.
    """
    if not interprets(actor):
        raise Forbidden(_("Clauses are interpreted by whom the rulebook names for it."))
