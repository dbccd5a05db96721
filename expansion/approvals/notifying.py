"""Who is told of an approval, in the language each person reads."""

from collections.abc import Callable, Iterable, Iterator

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion.approvals.models import Decision, Step
from expansion.approvals.selectors import deciders, delegates
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.ui import formats


def step_opened(step: Step, actor: User) -> None:
    """Tells everyone who may decide the step now, delegates too."""
    _tell(
        (person for person in _deciding(step) if person != actor),
        step,
        "approvals.open",
        lambda: _("Please decide: %(title)s") % {"title": step.request.title},
        actor=actor,
    )


def step_due(step: Step) -> None:
    """Reminds those who have not decided yet, once each."""
    _tell(
        _deciding(step),
        step,
        "approvals.due",
        lambda: (
            _("Due %(when)s: %(title)s")
            % {"when": formats.moment(step.due_at), "title": step.request.title}
        ),
    )


def step_overdue(step: Step) -> None:
    """Tells those who are late, and the submitter who waits, once each."""
    _tell(
        [*_deciding(step), step.request.submitted_by],
        step,
        "approvals.overdue",
        lambda: (
            _("Overdue since %(when)s: %(title)s")
            % {"when": formats.moment(step.due_at), "title": step.request.title}
        ),
    )


def decided(made: Decision) -> None:
    """Tells the submitter, and the record's owner, what was decided and by whom."""
    request = made.step.request
    ids = {request.submitted_by_id, request.owner_id} - {made.by_id}
    _tell(
        _people(ids),
        made.step,
        f"approvals.{made.decision}",
        lambda: DECIDED[made.decision]() % {"name": made.by.name, "title": request.title},
        actor=made.by,
        text=made.comment,
        key=f"approvals.decided.{made.pk}",
    )


DECIDED: dict[str, Callable[[], str]] = {
    Decision.Kind.APPROVE: lambda: _("%(name)s approved: %(title)s"),
    Decision.Kind.RETURN: lambda: _("%(name)s returned: %(title)s"),
    Decision.Kind.REJECT: lambda: _("%(name)s rejected: %(title)s"),
}


def _deciding(step: Step) -> Iterator[User]:
    """Everyone who may decide, each once; read when it is asked for, as nobody may be told."""
    people = deciders(step)
    yield from dict.fromkeys([*people, *delegates(step, people)])


def _people(ids: set[int]) -> Iterator[User]:
    yield from User.objects.filter(pk__in=ids).order_by("pk")


def _tell(
    people: Iterable[User],
    step: Step,
    kind: str,
    title: Callable[[], str],
    *,
    actor: User | None = None,
    text: str = "",
    key: str = "",
) -> None:
    tell(
        people=people,
        kind=kind,
        title=lazy(title, str)(),  # written in each reader's language
        url=step.request.get_absolute_url(),
        about=step.request,
        actor=actor,
        key=key or f"{kind}.{step.pk}",
        text=text,
    )
