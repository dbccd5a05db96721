"""Who is told of an approval, in the language each person reads."""

from collections.abc import Callable, Iterable, Iterator

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion.approvals.models import Decision, Step
from expansion.approvals.selectors import deciders, delegates, still_asked
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.ui import formats


def step_opened(step: Step, actor: User | None) -> None:
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
    """Tells those who are late, and the submitter who waits, once each; the superior, whom it was
    escalated to, has been told so."""
    _tell(
        [*_asked(still_asked(step), step), step.request.submitted_by],
        step,
        "approvals.overdue",
        lambda: (
            _("Overdue since %(when)s: %(title)s")
            % {"when": formats.moment(step.due_at), "title": step.request.title}
        ),
    )


def step_escalated(step: Step, late: Iterable[User]) -> None:
    """Tells the superior, who may decide it now too, and those who are late."""
    names = _(", ").join(person.name for person in late)
    _tell(
        filter(None, [step.escalated_to]),
        step,
        "approvals.escalated",
        lambda: (
            _("Decide for %(names)s, who is late: %(title)s")
            % {"names": names, "title": step.request.title}
        ),
    )
    _tell(
        late,
        step,
        "approvals.escalated",
        lambda: (
            _("%(name)s may decide this too now: %(title)s")
            % {"name": step.escalated_to, "title": step.request.title}
        ),
    )


def step_timed_out(step: Step) -> None:
    """Tells whose matter came back because nobody had decided it in time."""
    _tell(
        _people({step.request.submitted_by_id, step.request.owner_id}),
        step,
        "approvals.timed_out",
        lambda: _("Returned, as nobody decided in time: %(title)s") % {"title": step.request.title},
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
    yield from _asked(deciders(step), step)


def _asked(people: list[User], step: Step) -> list[User]:
    """These, and who acts for them today."""
    return list(dict.fromkeys([*people, *delegates(step, people)]))


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
