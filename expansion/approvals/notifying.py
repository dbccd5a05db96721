"""Who is told of an approval, in the language each person reads."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion.approvals.approvers import LINE
from expansion.approvals.models import Comment, Decision, Request, Step
from expansion.approvals.selectors import (
    concerned,
    deciders,
    delegates,
    open_steps,
    still_asked,
    subject,
    waiting_for,
)
from expansion.approvals.wording import role_label
from expansion.notices.models import Notice
from expansion.notices.services import Telling, tell, tell_each
from expansion.notices.settling import settle
from expansion.people.models import Role, User
from expansion.people.selectors import holders
from expansion.records import about_key
from expansion.ui import deadlines, formats

# What asks somebody to decide; the rest are news.
ASKING = ("approvals.open", "approvals.due", "approvals.overdue")
ESCALATED = "approvals.escalated"


def step_opened(step: Step, actor: User | None) -> None:
    """Tells everyone who may decide the step now, delegates too."""
    _tell(
        (person for person in _deciding(step) if person != actor),
        step,
        "approvals.open",
        lambda: _("Please decide: %(title)s") % {"title": step.request.title},
        actor=actor,
    )


def each_opened(steps: Iterable[Step], actor: User | None) -> None:
    """The same of several that were opened together; one that was skipped at once asks nobody."""
    for step in steps:
        if step.status == Step.Status.OPEN:
            step_opened(step, actor)


def steps_due(steps: Iterable[Step]) -> None:
    """Reminds those who have not decided yet, once each; of very many they read as of one."""
    _tell_each(
        ((step, _deciding(step)) for step in steps),
        "approvals.due",
        lambda step: (
            _("Due %(when)s: %(title)s")
            % {"when": deadlines.moment(step.due_at), "title": step.request.title}
        ),
    )


def steps_overdue(steps: Iterable[Step]) -> None:
    """Tells those who are late, and whose matter waits, once each; the superior, whom it was
    escalated to, has been told so."""
    _tell_each(
        ((step, hear_of_lateness(step, still_asked(step))) for step in steps),
        "approvals.overdue",
        lambda step: (
            _("Overdue since %(when)s: %(title)s")
            % {"when": formats.moment(step.due_at), "title": step.request.title}
        ),
    )


def hear_of_lateness(step: Step, late: list[User]) -> list[User]:
    """Who is told that the step is overdue before anybody above is; once a superior may decide it,
    whom it was asked of has heard of that."""
    waiting = filter(None, [step.request.submitted_by, step.request.received_by])
    return [*waiting] if step.escalated_to else [*_asked(late, step), *waiting]


def step_escalated(step: Step, late: list[User]) -> None:
    """Tells the superior, who may decide it now too, and those who are late; of another superior
    anew."""
    names = _(", ").join(person.name for person in late)
    key = _escalation(step)
    _tell(
        filter(None, [step.escalated_to]),
        step,
        ESCALATED,
        lambda: (
            _("Decide for %(names)s, who is late: %(title)s")
            % {"names": names, "title": step.request.title}
        ),
        key=key,
    )
    _tell(
        _asked(late, step),
        step,
        ESCALATED,
        lambda: (
            _("%(name)s may decide this too now: %(title)s")
            % {"name": step.escalated_to, "title": step.request.title}
        ),
        key=key,
    )


def asked_no_more(request: Request) -> None:
    """What asked for a decision that is made, by whomever, or not this person's any more, waits
    unread no longer; called whenever a step ends or goes to others, under the request's lock.

    Those whose matter it is were asked nothing: that it was overdue stays news to them.
    """
    told = Notice.objects.filter(kind__in=(*ASKING, ESCALATED), **about_key(request))
    settle(
        told.exclude(_still_asking(request)).exclude(person__in=request.parties),
        waits=lambda head: (
            waiting_for(head.person).filter(request__in=head.members.values("about_id")).exists()
        ),
    )


def _still_asking(request: Request) -> Q:
    """The notices of the steps that are open, to those who may decide them now."""
    found = Q(pk__in=[])
    for step in open_steps(request):
        step.request = request
        keys = [*(_key(kind, step) for kind in ASKING), _escalation(step)]
        found |= Q(key__in=keys, person__in=list(_deciding(step)))
    return found


def post_empty(step: Step) -> None:
    """Tells the administrators which post to fill; what waits for it is not theirs to read."""
    post = _post(step)
    tell(
        people=holders(Role.ADMINISTRATOR),
        kind="approvals.vacant",
        title=lazy(lambda: _("Nobody holds the post “%(post)s”") % {"post": post()}, str)(),
        text=lazy(lambda: _("An approval waits for it. Seat somebody there."), str)(),
        url=reverse("people:organisation"),
        key=f"approvals.vacant.{step.pk}.{step.unseated_at:%Y%m%d%H%M%S}",
    )


def stuck(request: Request) -> None:
    """Tells whose matter it is that the record lets its round not end, and why; the administrators
    which kind of approval it is: what it is about is not theirs to read."""
    key = f"approvals.stuck.{request.pk}.{request.stuck_since:%Y%m%d%H%M%S}"
    tell(
        people=_people(request.hands),
        kind="approvals.stuck",
        title=lazy(lambda: _("Cannot be finished: %(title)s") % {"title": request.title}, str)(),
        text=lazy(_with_way_out, str)(request),
        url=request.get_absolute_url(),
        about=request,
        key=key,
    )
    words = {"kind": subject(request).label, "number": request.pk}
    tell(
        people=[one for one in holders(Role.ADMINISTRATOR) if one.pk not in request.hands],
        kind="approvals.stuck",
        title=lazy(lambda: _("Approval %(number)s (%(kind)s) cannot be finished") % words, str)(),
        text=lazy(_told_besides, str)(request),
        url=reverse("jobs:job-list"),
        key=key,
    )


def way_out() -> str:
    """What those can do whose round cannot end."""
    return _("Put the record right, or withdraw the approval. It is tried again by itself.")


def _with_way_out(request: Request) -> str:
    return " ".join((request.stuck_because, way_out()))


def _told_besides(request: Request) -> str:
    words = {"name": request.submitted_by.name}
    told = _("%(name)s has been told: put the record right, or withdraw the approval.") % words
    return " ".join((request.stuck_because, told))


def _post(step: Step) -> Callable[[], str]:
    """The post in the reader's words, with the team where it is one of a team's."""
    team = step.request.team.name if step.role in LINE else ""
    return lambda: " · ".join(filter(None, [role_label(step.role), team]))


def step_timed_out(step: Step) -> None:
    """Tells whose matter came back because nobody had decided it in time."""
    _tell(
        _people(step.request.hands),
        step,
        "approvals.timed_out",
        lambda: _("Returned, as nobody decided in time: %(title)s") % {"title": step.request.title},
    )


def decided(made: Decision) -> None:
    """Tells the submitter, and the record's owner then and now, what was decided and by whom."""
    request = made.step.request
    ids = request.hands - {made.by_id}
    _tell(
        _people(ids),
        made.step,
        f"approvals.{made.decision}",
        lambda: DECIDED[made.decision]() % {"name": made.by.name, "title": request.title},
        actor=made.by,
        text=made.comment,
        key=f"approvals.decided.{made.pk}",
    )


def commented(made: Comment) -> None:
    """Tells whose matter it is, who decides it now or has decided, and who has commented."""
    request = made.request
    found = [*_people(concerned(request)), *_deciding_now(request)]
    tell(
        people=(person for person in found if person.pk != made.by_id),
        kind="approvals.comment",
        title=lazy(_comment_title, str)(made),
        url=request.get_absolute_url(),
        about=request,
        actor=made.by,
        key=f"approvals.comment.{made.pk}",
        text=made.text,
    )


def _comment_title(made: Comment) -> str:
    words = {"name": made.by.name, "title": made.request.title}
    return _("%(name)s commented: %(title)s") % words


def _deciding_now(request: Request) -> Iterator[User]:
    for step in open_steps(request):
        step.request = request
        yield from _deciding(step)


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


def _people(ids: Iterable[int]) -> Iterator[User]:
    yield from User.objects.filter(pk__in=ids).order_by("pk")


def _tell_each(
    asked: Iterable[tuple[Step, Iterable[User]]], kind: str, title: Callable[[Step], str]
) -> None:
    tellings = [
        Telling(
            person,
            lazy(partial(title, step), str)(),
            step.request.get_absolute_url(),
            about=step.request,
            key=_key(kind, step),
        )
        for step, people in asked
        for person in dict.fromkeys(people)
    ]
    tell_each(tellings, kind=kind)


def _key(kind: str, step: Step) -> str:
    """Once for each opening: a step that comes back, after a signer before it, is told again."""
    opening = f"{step.opened_at.timestamp():.6f}" if step.opened_at else ""
    return f"{kind}.{step.pk}.{opening}"


def _escalation(step: Step) -> str:
    """Once for each superior."""
    return f"{ESCALATED}.{step.pk}.{step.escalated_to_id}"


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
        key=key or _key(kind, step),
        text=text,
    )
