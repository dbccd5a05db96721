"""Writes over the log of information (R-res-02, R-res-04, A-3.1.2, A-3.1.3a)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.searching import indexed
from expansion import access, clock, worktime
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import Unit, User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from research.models import Finding, ResearchPlan
from research.selectors import working_unit
from research.services.plans import begin_collecting
from research.wording import open_topics

FIELDS = (
    "title",
    "source",
    "origin",
    "link",
    "category",
    "collected_on",
    "period",
    "text",
    "plan",
)
LAST_MINUTE = time(23, 59, 59)


@transaction.atomic
def log_finding(
    *,
    actor: User,
    rules: Rules,
    title: str,
    plan: ResearchPlan | None = None,
    owner: User | None = None,
    team: Unit | None = None,
    **values: Any,
) -> Finding:
    """Adds one piece of information to the log (A-3.1.2a); the collector is its owner.

    It is late when it comes after the plan's date, or after the rulebook's limit counted from the
    day of collection where no plan sets a date.

    Raises:
        Forbidden: research is not part of this person's work.
        NotNow: the plan is not approved, or over (A-3.1.1b).
        Invalid: the source is not listed, or the day has not come yet.
    """
    owner = owner or actor
    finding = Finding(
        title=title.strip(),
        owner=owner,
        team=team or working_unit(owner),
        logged_at=clock.now(),
        **values,
    )
    access.require(actor, "create", finding)
    if plan is not None:
        finding.plan = begin_collecting(actor=actor, record=plan)
    _check(finding, rules)
    _settle_time(finding, rules)
    finding.search = indexed(finding.title)
    finding.save()
    changes = {"title": [None, finding.title], "late": [None, finding.late]}
    write(actor=actor, verb="research.finding.logged", about=finding, changes=changes)
    return finding


@transaction.atomic
def update_finding(
    *, actor: User, record: Finding, rules: Rules, version: int | None = None, **values: Any
) -> Finding:
    """Corrects a finding; what was valid has to be screened again when its words change.

    Raises:
        NotNow: it was adopted, and a decision rests on its words; or its new plan is not running.
        Stale: somebody has changed it since `version`.
        Invalid: the source is not listed, or the day has not come yet.
    """
    access.require(actor, "edit", record)
    finding = lock(Finding.objects.live(), record.pk, version=version)
    if finding.adopted_at:
        raise NotNow(_("A decision rests on this. Log a new finding for what has changed."))
    before = snapshot(finding, FIELDS)
    _take(actor, finding, values)
    _check(finding, rules, before)
    _settle_time(finding, rules)
    changes = differences(before, snapshot(finding, FIELDS))
    if changes.keys() & {"title", "source", "origin", "link", "text"}:
        _unscreen(finding)
    finding.search = indexed(finding.title)
    finding.version += 1
    finding.save()
    write(actor=actor, verb="research.finding.changed", about=finding, changes=_plain(changes))
    return finding


def _take(actor: User, finding: Finding, values: dict[str, Any]) -> None:
    plan = values.get("plan", finding.plan)
    if plan is not None and plan.pk != finding.plan_id:
        begin_collecting(actor=actor, record=plan)
    for name in FIELDS:
        if name in values:
            setattr(finding, name, values[name])


def _plain(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Dates as text, as the trail keeps them."""
    return {
        name: [str(one) if isinstance(one, date) else one for one in pair]
        for name, pair in changes.items()
    }


def _unscreen(finding: Finding) -> None:
    finding.validity, finding.invalid_reason = Finding.Validity.UNSCREENED, ""
    finding.screened_by, finding.published_at = None, None


def _check(finding: Finding, rules: Rules, before: Mapping[str, Any] | None = None) -> None:
    """A retired entry stays with the finding that has it and is given to no other."""
    kept = before or {}
    wrong: dict[str, list[str]] = {}
    if not finding.title:
        wrong["title"] = [_("Give it a title.")]
    if not finding.text.strip():
        wrong["text"] = [_("Write what it says.")]
    sources = offered(rules.research.sources, kept.get("source", ""))
    if finding.source not in {item.key for item in sources}:
        wrong["source"] = [_("Choose one of the listed sources.")]
    about = dict(open_topics(rules, kept.get("category", "")))
    if finding.category and finding.category not in about:
        wrong["category"] = [_("Choose one of the listed topics.")]
    if finding.collected_on > clock.local_date(finding.logged_at):
        wrong["collected_on"] = [_("This day has not come yet.")]
    if wrong:
        raise Invalid(fields=wrong)


def _settle_time(finding: Finding, rules: Rules) -> None:
    """Whether it was logged in time, by the rules of the day it was logged (A-5.2.1b)."""
    finding.due_at = due_of(finding, rules)
    finding.late = finding.due_at is not None and finding.logged_at > finding.due_at


def due_of(finding: Finding, rules: Rules) -> datetime | None:
    """When information has to be logged: by the plan's day, else within the rulebook's limit."""
    if finding.plan and finding.plan.due_on:
        return clock.moment_on(finding.plan.due_on, LAST_MINUTE)
    calendar = rules.working_time.as_calendar()
    collected = clock.moment_on(finding.collected_on, calendar.closes)
    return worktime.deadline(collected, rules.sla.finding_report.value, calendar)


@transaction.atomic
def screen_finding(
    *, actor: User, record: Finding, valid: bool, reason: str = "", category: str | None = None
) -> Finding:
    """Says whether a finding holds (A-3.1.3a). An invalid one stays stored and counts nowhere.

    Raises:
        Invalid: an invalid one without its reason.
        NotNow: it was adopted already.
    """
    access.require(actor, "screen", record)
    finding = lock(Finding.objects.live(), record.pk)
    if not valid and not reason.strip():
        raise Invalid(fields={"reason": [_("Say why it does not hold.")]})
    if not valid and finding.adopted_at:
        raise NotNow(_("A decision rests on this. Ask the manager before you drop it."))
    before = snapshot(finding, ("validity", "invalid_reason", "category"))
    finding.validity = Finding.Validity.VALID if valid else Finding.Validity.INVALID
    finding.invalid_reason = "" if valid else reason.strip()
    finding.category = finding.category if category is None else category
    finding.screened_by = actor
    if not valid:
        finding.published_at = None
    changes = differences(before, snapshot(finding, tuple(before)))
    return _changed(finding, actor, f"research.finding.{finding.validity}", changes)


@transaction.atomic
def publish_finding(*, actor: User, record: Finding) -> Finding:
    """Shows a valid finding to the whole department (A-2.2.3a); a second time changes nothing.

    Raises:
        NotNow: nobody has found it valid yet.
    """
    access.require(actor, "publish", record)
    finding = lock(Finding.objects.live(), record.pk)
    if finding.published_at:
        return finding
    if finding.validity != Finding.Validity.VALID:
        raise NotNow(_("Screen it first: only what holds goes to the department."))
    finding.published_at = clock.now()
    return _changed(finding, actor, "research.finding.published", {"published": [None, True]})


@transaction.atomic
def adopt_finding(*, actor: User, record: Finding, decision: str) -> Finding:
    """Marks that a decision rests on this finding (A-5.2.1c); it counts once, from today on.

    Raises:
        Forbidden: it is the person's own, or not theirs to decide with.
        NotNow: it is not valid, or adopted already.
        Invalid: the decision is not named.
    """
    access.require(actor, "adopt", record)
    finding = lock(Finding.objects.live(), record.pk)
    if finding.adopted_at:
        raise NotNow(_("This has been marked as adopted already."))
    if finding.validity != Finding.Validity.VALID:
        raise NotNow(_("Screen it first: a decision rests only on what holds."))
    if not decision.strip():
        raise Invalid(fields={"decision": [_("Name the decision that it served.")]})
    finding.adopted_at, finding.adopted_by = clock.now(), actor
    finding.adopted_for = decision.strip()
    changes = {"adopted_for": ["", finding.adopted_for]}
    return _changed(finding, actor, "research.finding.adopted", changes)


def _changed(finding: Finding, actor: User, verb: str, changes: dict[str, list[Any]]) -> Finding:
    finding.version += 1
    finding.save()
    write(actor=actor, verb=verb, about=finding, changes=changes)
    return finding
