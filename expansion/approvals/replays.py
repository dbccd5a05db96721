"""Approvals of a closed period under a draft: who would have decided, which steps would have been
late (R-exp-05, R-exp-06)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, offers, worktime
from expansion.approvals.chains import asked
from expansion.approvals.compliance import DECIDED
from expansion.approvals.models import Request, Step
from expansion.offers import Replayed, Size
from expansion.rulebook.deciders import names_in
from expansion.rulebook.schema import AMENDMENT, Rules
from expansion.rulebook.selectors import rules_of, unread
from expansion.rulebook.templatetags.rules import rule_value
from expansion.rulebook.values import JOINTS, parts, words
from expansion.worktime import Calendar, Period

Chain = tuple[str, ...]  # its steps as a rulebook writes them
SIGNS = {joint: sign for sign, joint in JOINTS.items()}


def chains(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every approval that was closed in the period: who had to decide, and who would have had to by
    the draft's chains and limits of authority. The note names whose decision the draft's time calls
    late."""
    found = _closed(period)
    stood = {one.pk: _stood(one) for one in found}
    drafted = {one.pk: _drafted(rules, one, stood[one.pk]) for one in found}
    known = [chain for chain in (*stood.values(), *drafted.values()) if chain is not None]
    names, calendar = names_in(known, rules), rules.working_time.as_calendar()
    for one in found:
        before, chain = _words(stood[one.pk], names), drafted[one.pk]
        if chain is None:
            yield Replayed(one, before, None, _why_unsaid(rules, one))
        else:
            note = _late_words(rules, one, chain, names, calendar)
            yield Replayed(one, before, _words(chain, names), note)


def _closed(period: Period) -> list[Request]:
    """What an app decides by a chain of its own stands not among the approvals of the rulebook."""
    own = {one.kind for one in offers.of(offers.Subject) if one.own_chain} - {AMENDMENT}
    closed = Request.objects.filter(closed_at__gte=period.begins_at, closed_at__lt=period.ends_at)
    found = closed.exclude(kind__in=own).select_related("rules_version")
    found = found.defer("snapshot", *unread("rules_version")).prefetch_related("steps")
    return list(found.order_by("-closed_at", "pk"))


def _stood(request: Request) -> Chain:
    """The chain as it was submitted, without whom deciders have added."""
    planned = (step for step in request.steps.all() if step.added_by_id is None)
    orders = [list(beside) for _order, beside in groupby(planned, key=lambda step: step.order)]
    return tuple(
        SIGNS.get(beside[0].joint, "").join(step.role for step in beside) for beside in orders
    )


def _drafted(rules: Rules, request: Request, stood: Chain) -> Chain | None:
    """The chain by the draft, the very one that stood where the draft asks for nothing else; None
    where it has none, or rests on a grade of the client that no approval keeps."""
    if not _has(rules, request.kind):
        return None
    own = rules_of(request.rules_version)
    fitting = _fitting(own, rules, request, stood)
    found = {_chain(rules, request.kind, size) for size in fitting}
    if len(found) > 1:
        return None
    (chain,) = found
    # Of several of whom any one decides, only those were asked who were there.
    before = {_chain(own, request.kind, size) for size in fitting if _has(own, request.kind)}
    return stood if before == found or _parted(chain) == _parted(stood) else chain


def _fitting(own: Rules, draft: Rules, request: Request, stood: Chain) -> list[Size]:
    """How large the matter was: of what no approval keeps, the grade of the client and whether the
    deal lay below its bottom line, that by which its own rules gave the chain that stood."""
    if not _has(own, request.kind):
        return _sizes(request, {""}, below=False)
    also = (*own.approval(request.kind).also, *draft.approval(request.kind).also)
    grades = {"", *(grade for one in also for grade in one.grades)}
    for below in (False, True):
        sizes = _sizes(request, grades, below=below)
        fitting = [one for one in sizes if _fits(_chain(own, request.kind, one), stood)]
        if fitting:
            return fitting
    return _sizes(request, grades, below=False)


def _sizes(request: Request, grades: Iterable[str], *, below: bool) -> list[Size]:
    currency, level = request.currency or "CNY", request.level
    return [Size(request.amount, currency, grade, level, below) for grade in sorted(grades)]


def _has(rules: Rules, kind: str) -> bool:
    return kind == AMENDMENT or any(one.key == kind for one in rules.approvals)


def _chain(rules: Rules, kind: str, size: Size) -> Chain:
    return tuple(one.step for one in asked(rules, kind, size))


def _parted(chain: Chain) -> list[tuple[str, frozenset[str]]]:
    return [(joint, frozenset(roles)) for joint, roles in map(parts, chain)]


def _fits(chain: Chain, stood: Chain) -> bool:
    """Whether the chain that stood came of this one."""
    pairs = zip(_parted(chain), _parted(stood), strict=False)
    return len(chain) == len(stood) and all(
        there[1] <= one[1] if one[0] == "any" else there == one for one, there in pairs
    )


def _words(chain: Chain, names: Mapping[str, str]) -> str:
    return " → ".join(rule_value(step, names) for step in chain) or _("no approval")


def _why_unsaid(rules: Rules, request: Request) -> str:
    if not _has(rules, request.kind):
        return _("The draft has no such chain.")
    return _("It rests on the client's grade of that day, which an approval does not keep.")


def _late_words(
    rules: Rules, request: Request, chain: Chain, names: Mapping[str, str], calendar: Calendar
) -> str:
    """Who of those that the draft asks too has decided late by its limit."""
    limit, known = rules.approval(request.kind).step_limit.value, set(words(chain))
    late = dict.fromkeys(
        rule_value(step.role, names)
        for step in request.steps.all()
        if step.role in known and step.status in DECIDED and _is_late(step, limit, calendar)
    )
    return _("late by the draft: %(names)s") % {"names": _(", ").join(late)} if late else ""


def _is_late(step: Step, limit: worktime.Limit, calendar: Calendar) -> bool:
    due = worktime.deadline(step.opened_at, limit, calendar) if step.opened_at else None
    return due is not None and step.closed_at is not None and step.closed_at > due


def steps(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every step that began in the period and is decided, or is being so, by the draft's limits."""
    limits = {one.key: one.step_limit.value for one in rules.approvals}
    limits |= {rules.amendment.key: rules.amendment.step_limit.value}
    calendar = rules.working_time.as_calendar()
    running = Request.Status.PENDING
    began = Step.objects.filter(opened_at__gte=period.begins_at, opened_at__lt=period.ends_at)
    # One that waits again, for a signer who was put before it, has no case yet.
    found = began.exclude(status=Step.Status.WAITING).select_related("request")
    in_order = found.order_by("-opened_at", "pk").defer("request__snapshot")
    for step in in_order.iterator():
        if step.status not in DECIDED and step.request.status != running:
            continue
        before, note = _standing(step, step.due_at), _number(step)
        if step.request.kind not in limits:
            yield Replayed(step.request, before, None, _("The draft has no such chain."))
            continue
        limit = limits[step.request.kind]
        due = worktime.deadline(step.opened_at, limit, calendar) if step.opened_at else None
        yield Replayed(step.request, before, _standing(step, due), note)


def _number(step: Step) -> str:
    return _("step %(number)s") % {"number": step.order}


def _standing(step: Step, due: datetime | None) -> str:
    closed = step.closed_at or clock.now()
    if due is not None and closed > due:
        return _("decided late") if step.closed_at else _("open and late")
    return _("decided in time") if step.closed_at else _("open")


offers.add(
    offers.Replay(
        "approvals.steps",
        lazy("Steps of approval"),
        50,
        steps,
        reads=("approvals.*.step_limit", "policy.amendment_limit", "working_time"),
    ),
    offers.Replay(
        "approvals.chains",
        lazy("Chains of approval"),
        45,
        chains,
        lazy("Whom a step names, not who held the post: a decision not taken is unknown."),
        reads=(
            "approvals.*.chain",
            "approvals.*.also",
            "approvals.*.beyond_authority",
            "policy.amendment_chain",
            "authority.leader_limit",
            "authority.manager_limit",
            "authority.beyond_limit_chain",
        ),
    ),
)
