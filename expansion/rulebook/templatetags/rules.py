"""Words for parts of the rulebook."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import template
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from expansion.rulebook.values import Cadence, Item, NamedPost, is_approver, parts
from expansion.rulebook.waiting import setting_waits_for
from expansion.worktime import Limit
from expansion.worktime.limits import Unit

register = template.Library()

SECTIONS = {
    "policy": _("Policy"),
    "working_time": _("Working time"),
    "posts": _("Posts"),
    "teams": _("Teams"),
    "delegation": _("Delegation"),
    "authority": _("Authority"),
    "appraisal": _("Appraisal"),
    "kpi_sets": _("Indicators and weights"),
    "consequences": _("Consequences"),
    "rewards": _("Rewards"),
    "bonus": _("Bonus"),
    "pipelines": _("Stages"),
    "approvals": _("Approval chains"),
    "deciding": _("Deciding"),
    "ladders": _("Overdue"),
    "reports": _("Reports"),
    "plans": _("Plans"),
    "meetings": _("Meetings"),
    "sla": _("Time limits"),
    "crm": _("Clients"),
    "research": _("Research"),
    "partnerships": _("Partnerships"),
    "attendance": _("Attendance"),
    "leave": _("Leave"),
    "documents": _("Documents"),
    "confidentiality": _("Confidentiality"),
    "recruitment": _("Recruitment"),
    "training": _("Training"),
    "risk": _("Risk"),
    "sharing": _("Sharing"),
    "conduct": _("Conduct"),
    "resources": _("Resources"),
    "retention": _("Retention of data"),
    "surveys": _("Surveys"),
    "numbers": _("Numbering"),
    "lists": _("Lists"),
    "rights": _("Rights"),
    "overlays": _("Sub-regulations"),
}

# Words that stand in a rulebook as keys: roles, switches, ways of counting.
WORDS = {
    "manager": _("manager"),
    "deputy": _("deputy manager"),
    "leader": _("team leader"),
    "superior": _("superior"),
    "member": _("member"),
    "consolidator": _("consolidator"),
    "hr": _("human resources"),
    "legal": _("legal"),
    "finance": _("finance"),
    "leadership": _("leadership"),
    "statutory": _("statutory calendar"),
    "own": _("the department's own"),
    "all": _("all"),
    "one": _("one"),
    "listed": _("those listed"),
    "leave": _("leave"),
    "full_day_outing": _("outing of a full day"),
    "switch": _("switched by hand"),
    "common_shares_fixed": _("team share and fixed common shares"),
    "normalise": _("all weights scaled to 100"),
    "additive": _("simply added"),
    "groups": _("one set is the whole"),
    "first_workday_after": _("first workday after the period"),
    "last_workday_of": _("last workday of the period"),
    "monday": _("Monday"),
    "tuesday": _("Tuesday"),
    "wednesday": _("Wednesday"),
    "thursday": _("Thursday"),
    "friday": _("Friday"),
    "saturday": _("Saturday"),
    "sunday": _("Sunday"),
    "contact": _("a contact"),
    "visit": _("a visit"),
    "approved_contract": _("an approved contract"),
    "scheme": _("a scheme"),
    "evaluation": _("an evaluation"),
    "plan": _("an approved plan"),
    "findings": _("findings"),
    "approved_report": _("an approved report"),
    "first_contract": _("the first contract"),
    "first_purchase": _("the first purchase"),
    "answered": _("it was answered"),
    "record": _("record"),
    "workflow/approval": _("workflow, approval"),
    "deadline/SLA": _("deadline"),
    "reminder": _("reminder"),
    "report": _("report"),
    "score/KPI": _("score"),
    "permission": _("permission"),
    "export": _("export"),
    "configuration": _("configuration"),
    "client_satisfied": _("the client says that it is settled"),
    "restart": _("decided again from the first step"),
    "resume": _("taken up at the step that returned it"),
    "once": _("once, at the last of them"),
    "each_step": _("at each of them"),
    "stand_in": _("the next one up decides"),
    "refused": _("nothing can be submitted"),
    "reminded": _("reminded of"),
    "escalated": _("decided by the superior too"),
    "sent_back": _("returned to whoever submitted it"),
    "before": _("before it"),
    "after": _("after it"),
    "avoid": _("avoid"),
    "reduce": _("reduce"),
    "transfer": pgettext_lazy("risk", "transfer"),
    "accept": _("accept"),
}

CADENCES = {
    "day": _("daily"),
    "week": _("weekly"),
    "two_weeks": _("every two weeks"),
    "month": _("monthly"),
    "quarter": _("quarterly"),
    "half_year": _("every half year"),
    "year": _("yearly"),
    "event": _("after each occasion"),
    "ad_hoc": _("when needed"),
}

HOLIDAYS = {
    "previous": _("moved to the workday before when it is a holiday"),
    "next": _("moved to the workday after when it is a holiday"),
    "keep": _("stays when it is a holiday"),
}

UNITS = [
    (Unit.HOURS, _("hours by the clock")),
    (Unit.WORKING_HOURS, _("working hours")),
    (Unit.DAYS, _("days")),
    (Unit.WORKING_DAYS, _("working days")),
    (Unit.MONTHS, _("months")),
]


@register.filter
def waits_for(path: str, rules: Any) -> Any:
    """The noun without which this setting or list moves nothing yet; empty where it is obeyed."""
    return setting_waits_for(path, rules)


@register.filter
def rule_section(key: str) -> Any:
    """The title of a section; a section without one shows its key."""
    return SECTIONS.get(key, key)


@register.filter
def rule_value(value: Any, names: Mapping[str, str] | None = None) -> str:
    """A value as people read it: items by their labels, lists with commas. `names` are those of
    roles, posts, teams, departments and people who decide, and of kinds of approval
    (`deciders.names_in`)."""
    if isinstance(value, (tuple, list)):
        return str(_(", ")).join(rule_value(one, names) for one in value) or "—"
    if isinstance(value, Item):
        return value.label()
    if isinstance(value, NamedPost):
        return (names or {}).get(f"post:{value}", value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Limit):
        return value.label if value else gettext("none")
    if isinstance(value, Cadence):
        return cadence(value)
    return _word(value, names or {}) if isinstance(value, str) else str(value)


def _word(value: str, names: Mapping[str, str]) -> str:
    """A key in words; those who decide a step together are joined."""
    joint, deciders = parts(value)
    if not all(map(is_approver, deciders)):
        return str(WORDS.get(value) or CADENCES.get(value) or names.get(value, value))
    between = gettext(" and ") if joint == "all" else gettext(" or ")
    return between.join(str(names.get(one) or WORDS.get(one, one)) for one in deciders)


@register.filter
def value_words(value: Any, names: Mapping[str, str] | None = None) -> str:
    """The same where nothing, yes and no can stand too."""
    if value is None:
        return gettext("not set")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return rule_value(value, names)


def cadence(value: Cadence) -> str:
    """每周 · 周五 · 15:00 · 逢节假日提前: how often, and where it says so the day, the hour, and
    what becomes of a day that is a holiday; a workday is none."""
    parts = [str(CADENCES[value.every])]
    if value.weekday:
        parts.append(str(WORDS[value.weekday]))
    elif value.workday:
        parts.append(_workday_words(value) % {"number": value.workday})
    elif value.day:
        parts.append(_day_words(value) % {"day": value.day})
    if value.within:
        parts.append(gettext("within %(limit)s") % {"limit": value.within.label})
    if value.every not in {"event", "ad_hoc"}:
        parts.append(f"{value.at:%H:%M}")
        if value.weekday or not value.workday:
            parts.append(str(HOLIDAYS[value.if_holiday]))
    return " · ".join(parts)


def _workday_words(value: Cadence) -> str:
    if value.of == "next_period":
        return gettext("workday %(number)s of the next period")
    return gettext("workday %(number)s")


def _day_words(value: Cadence) -> str:
    following = value.of == "next_period"
    return gettext("day %(day)s of the next period") if following else gettext("day %(day)s")
