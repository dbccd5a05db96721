"""The page of a cycle for those who run it: steps, who is missing, results, appeals, workbook."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal import arithmetic, scoring
from appraisal.access import RESULT, fixes, sections
from appraisal.desk import explaining
from appraisal.desk.score import unit
from appraisal.models import (
    Appeal,
    ConsequenceCase,
    Cycle,
    Participant,
    Result,
    Review,
    Stage,
    Target,
)
from appraisal.selectors import knows_appeals, opens_on
from appraisal.services.consequences import rule_of, suspended
from appraisal.services.reminders import awaits_confirmation, is_unconfirmed
from expansion import access, worktime
from expansion.jobs.models import Job
from expansion.records import about_key
from expansion.rulebook.entries import label_of
from expansion.ui import deadlines, formats

VIEWS = ("all", "missing", "unconfirmed", "appeal", "confirmed")


class Cockpit:
    """One cycle as one person may see it; colleagues' scores only where `access.SHOWN` says so."""

    def __init__(self, person: Any, cycle: Cycle, view: str = ""):
        self.person, self.cycle = person, cycle
        self.view = view if view in VIEWS else "all"
        self.rules = cycle.rules

    @cached_property
    def people(self) -> list[Participant]:
        visible = access.visible_to(self.person, self.cycle.participants.all())
        return list(visible.complete().order_by("team__order", "team", "pk"))

    @cached_property
    def pending(self) -> dict[int, list[Appeal]]:
        found: dict[int, list[Appeal]] = {}
        for one in self.appeals:
            if one.pending:
                found.setdefault(one.participant_id, []).append(one)
        return found

    @cached_property
    def appeals(self) -> list[Appeal]:
        found = access.visible_to(self.person, Appeal.objects.filter(participant__cycle=self.cycle))
        return list(found.select_related("owner", "handler", "participant"))

    @cached_property
    def submitted(self) -> dict[tuple[int, str], Review]:
        found = Review.objects.filter(
            participant__cycle=self.cycle, submitted_at__isnull=False
        ).only("participant_id", "party", "submitted_at", "late")
        return {(one.participant_id, one.party): one for one in found}

    def result_of(self, one: Participant) -> Result | None:
        return getattr(one, "result", None) if RESULT in sections(self.person, one) else None

    @property
    def may(self) -> dict[str, bool]:
        """Which acts the header offers now; the services ask again."""
        at, can = self.cycle.at, self._can
        to_fix = [one for one in self._mine_in_review if not one.result.finalized_at]
        fixed = [one for one in self._mine_in_review if one.result.finalized_at]
        steps = {
            "open": at == Stage.PLANNED and self.opens_on <= worktime.today() and can("open"),
            "collect": at == Stage.COLLECTING and not self.job_runs and can("collect"),
            "fix": bool(to_fix),
            "deliver": bool(fixed),
            "close": at == Stage.FEEDBACK and self._windows_over and can("close"),
        }
        return {
            **steps,
            "step": any(steps.values()),
            "target": at in (Stage.PLANNED, Stage.COLLECTING) and self.sets_targets,
            "staff": self._may_staff,
            "nudge": bool(self.missing) and can("nudge"),
            "reopen": at.reached(Stage.SELF_REVIEW) and can("reopen"),
            "export": at.reached(Stage.FEEDBACK) and can("export"),
        }

    @cached_property
    def _may_staff(self) -> bool:
        """Whether who takes part may change yet: nothing of the outcome is settled."""
        at, settled = self.cycle.at, any(self._fixed(one) for one in self.people)
        under_way = at.reached(Stage.COLLECTING) and not at.reached(Stage.FEEDBACK)
        return under_way and not settled and self._can("open")

    def _can(self, action: str) -> bool:
        return access.can(self.person, action, self.cycle)

    @cached_property
    def _mine_in_review(self) -> list[Participant]:
        return [
            one
            for one in self.people
            if one.at == Stage.REVIEW and hasattr(one, "result") and fixes(self.person, one)
        ]

    @property
    def _windows_over(self) -> bool:
        ends = [one.result.appeal_until for one in self.people if hasattr(one, "result")]
        return not any(end and worktime.now() <= end for end in ends)

    @property
    def opens_on(self) -> Any:
        return opens_on(self.rules, self.cycle.period)

    @cached_property
    def missing(self) -> list[Participant]:
        """Who is waited for: the person, or the person's superior."""
        open_steps = (Stage.SELF_REVIEW, Stage.EVALUATION)
        return [one for one in self.people if one.at in open_steps or awaits_confirmation(one)]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The stage strip: until when, how many are through, who is late."""
        cycle, total = self.cycle, len(self.people)
        selves = self._through(Review.Party.SELF)
        superiors = self._through(Review.Party.SUPERIOR)
        fixed = [one for one in self.people if self._fixed(one)]
        until, due = self._window_ends, cycle.evaluation_due_at
        frozen, fixer = total if cycle.frozen_at else 0, self.rules.appraisal.final_by.value
        applied = _("cycle closed") if cycle.closed_at else _("not begun")
        strip = [
            (Stage.COLLECTING, _("Evidence frozen"), _day(cycle.frozen_at), _of(frozen, total)),
            (Stage.SELF_REVIEW, _("Self-review"), _until(cycle.self_due_at), _of(*selves)),
            (Stage.EVALUATION, explaining.evaluation(self.rules), _until(due), _of(*superiors)),
            (Stage.REVIEW, explaining.review(fixer), "", _of(len(fixed), total)),
            (Stage.FEEDBACK, explaining.feedback(self.rules), _until(until), self._confirmations),
            (Stage.CLOSED, _("Result applied"), _day(cycle.closed_at), applied),
        ]
        here = cycle.at.place
        states = {-1: "next", 0: "now", 1: "done"}
        return [
            {
                "label": label,
                "due": due,
                "count": count,
                "state": states[(here > stage.place) - (here < stage.place)],
            }
            for stage, label, due, count in strip
        ]

    def _through(self, party: str) -> tuple[int, int, int]:
        people = [self.submitted.get((one.pk, party)) for one in self.people]
        found = [one for one in people if one is not None]
        return len(found), len(self.people), sum(one.late for one in found)

    @staticmethod
    def _fixed(one: Participant) -> bool:
        return hasattr(one, "result") and one.result.finalized_at is not None

    @property
    def _window_ends(self) -> Any:
        ends = [one.result.appeal_until for one in self.people if hasattr(one, "result")]
        return max((end for end in ends if end), default=None)

    @property
    def _confirmations(self) -> str:
        delivered = [one for one in self.people if one.at.reached(Stage.FEEDBACK)]
        if not delivered:
            return _("not begun")
        open_ones = sum(is_unconfirmed(one) for one in delivered)
        return _("%(done)s confirmed, %(open)s not") % {
            "done": len(delivered) - open_ones,
            "open": open_ones,
        }

    @property
    def views(self) -> list[dict[str, Any]]:
        """The filter chips above the table, each with how many it shows."""
        labels = {
            "all": _("All"),
            "missing": _("Step open"),
            "unconfirmed": _("Not confirmed"),
            "appeal": _("Under appeal"),
            "confirmed": _("Confirmed"),
        }
        return [
            {
                "label": label,
                "url": f"?view={key}",
                "active": key == self.view,
                "count": len([one for one in self.people if self._belongs(one, key)]),
            }
            for key, label in labels.items()
            if key != "appeal" or self.has_appeals
        ]

    @property
    def has_appeals(self) -> bool:
        return bool(self.appeals) or knows_appeals(self.rules)

    def _belongs(self, one: Participant, view: str) -> bool:
        delivered = one.at.reached(Stage.FEEDBACK)
        return {
            "all": True,
            "missing": one in self.missing and not delivered,
            "unconfirmed": is_unconfirmed(one) and one.pk not in self.pending,
            "appeal": one.pk in self.pending,
            "confirmed": delivered and not is_unconfirmed(one) and one.pk not in self.pending,
        }[view]

    @property
    def columns(self) -> list[str]:
        """The heads of the point columns: the own block, then each common indicator."""
        common = self.rules.common_set()
        heads = [_("Own indicators")]
        heads += (
            [f"{one.label()} {one.weight.value:.0f}" for one in common.indicators] if common else []
        )
        return heads + ([_("Shorter cycles")] if self._is_longer else [])

    @property
    def _is_longer(self) -> bool:
        return arithmetic.formula(self.rules, self.cycle.kind) is not None

    @property
    def groups(self) -> Iterator[dict[str, Any]]:
        """The table's rows by team."""
        shown = [one for one in self.people if self._belongs(one, self.view)]
        for team, members in groupby(shown, key=lambda one: one.team):
            yield {"label": team, "rows": [self._row(one) for one in members]}

    def _row(self, one: Participant) -> dict[str, Any]:
        result = self.result_of(one)
        own, superior = (self.submitted.get((one.pk, party)) for party in Review.Party.values)
        return {
            "participant": one,
            "self": own,
            "evaluation": superior,
            "fixed_at": one.result.finalized_at if self._fixed(one) else None,
            "state": self._state(one),
            "appeals": self.pending.get(one.pk, []),
            "nudge": one in self.missing and self._can_nudge and one.owner_id != self.person.pk,
            "points": self._points(result),
            "score": result.score if result else None,
            "adjusted": bool(result and result.adjustment),
            "level": explaining.verdict(self.rules, result.level) if result else None,
            "workbook": self._workbook_word(one),
            "review": fixes(self.person, one) and one.at == Stage.REVIEW,
            "may_leave": self._may_staff
            and not (own or superior)
            and one.owner_id != self.person.pk,
        }

    @cached_property
    def _can_nudge(self) -> bool:
        return self._can("nudge")

    def _state(self, one: Participant) -> tuple[str, str]:
        if one.pk in self.pending:
            return "info", _("under appeal")
        if one.at.reached(Stage.FEEDBACK):
            return ("due", _("not confirmed")) if is_unconfirmed(one) else ("done", _("confirmed"))
        tone = "due" if one.at in (Stage.SELF_REVIEW, Stage.EVALUATION) else "neutral"
        return tone, _("at: %(step)s") % {"step": one.get_stage_display()}

    def _points(self, result: Result | None) -> list[str]:
        if result is None:
            return [formats.NOTHING] * len(self.columns)
        lines = {
            line["key"]: Decimal(line["points"])
            for block in result.breakdown["blocks"]
            for line in block["lines"]
        }
        return [f"{value:.2f}" for value in self._split(lines)]

    def _split(self, points: Mapping[str, Decimal]) -> list[Decimal]:
        rest = dict(points)
        shorter = rest.pop(arithmetic.SHORTER_MEAN.get(self.cycle.kind, ""), Decimal(0))
        common = self.rules.common_set()
        keys = [one.key for one in common.indicators] if common else []
        shared = [rest.pop(key, Decimal(0)) for key in keys]
        own = sum(rest.values(), Decimal())
        return [own, *shared, *([shorter] if self._is_longer else [])]

    def _workbook_word(self, one: Participant) -> tuple[str, str]:
        if one.pk in self.pending:
            return "due", _("held")
        if not one.at.reached(Stage.FEEDBACK):
            return "", formats.NOTHING
        return ("", _("exported, marked")) if is_unconfirmed(one) else ("", _("exported"))

    @property
    def workbook(self) -> dict[str, int]:
        """What the workbook would hold now."""
        delivered = [one for one in self.people if one.at.reached(Stage.FEEDBACK)]
        held = [one for one in delivered if one.pk in self.pending]
        marked = [one for one in delivered if is_unconfirmed(one) and one.pk not in self.pending]
        return {
            "plain": len(delivered) - len(held) - len(marked),
            "marked": len(marked),
            "held": len(held),
            "total": len(delivered),
        }

    @cached_property
    def targets(self) -> list[dict[str, Any]]:
        """What was set for this cycle, of whom this person may see it, as the rulebook goes."""
        found = access.visible_to(self.person, self.cycle.targets.all())
        records = found.select_related("person", "team").order_by("team__order", "pk")
        rows = [target_row(one) for one in records]
        return sorted(rows, key=lambda row: row["place"])

    @cached_property
    def sets_targets(self) -> bool:
        return self._can("target")

    @property
    def lacks_targets(self) -> bool:
        """A longer cycle takes none from the shorter ones: without its own the rulebook's count."""
        longer = self.cycle.kind != self.rules.appraisal.cycles[0]
        open_yet = self.cycle.at != Stage.CLOSED
        return longer and open_yet and self.sets_targets and not self.targets

    @cached_property
    def job(self) -> Job | None:
        """The last roll-up of this cycle."""
        found = Job.objects.filter(name="appraisal.roll_up", **about_key(self.cycle))
        return found.order_by("-pk").first()

    @property
    def job_runs(self) -> bool:
        return self.job is not None and self.job.state in (Job.State.WAITING, Job.State.RUNNING)

    @property
    def cases(self) -> list[dict[str, Any]]:
        found = access.visible_to(
            self.person, ConsequenceCase.objects.filter(participant__cycle=self.cycle)
        ).exclude(status=ConsequenceCase.Status.LIFTED)
        records = found.select_related("owner", "participant__cycle__rulebook")
        cases = list(records)
        resting = suspended(cases)
        return [case_facts(case, suspended=case.pk in resting) for case in cases]


def target_row(target: Target) -> dict[str, Any]:
    """A target in words: of which part of an indicator, whose, how much."""
    key = (target.indicator, target.part)
    parts = scoring.parts_with_targets(target.cycle.rules)
    known = {(one.key, part.key): (one, part) for _set, one, part in parts}
    one, part = known[key]
    return {
        "target": target,
        "what": f"{one} · {label_of(part)}",
        "whose": target.person or target.team,
        "value": f"{formats.number(target.value.normalize())}{unit(part)}",
        "edit_url": _form_with(target),
        "place": list(known).index(key),
    }


def _form_with(target: Target) -> str:
    """The form with this target already in it: saved again it takes its place."""
    whose = {"person": target.person_id} if target.person_id else {"team": target.team_id}
    what = {"what": f"{target.indicator}.{target.part}", "value": f"{target.value.normalize():f}"}
    address = reverse("appraisal:target-create", args=[target.cycle_id])
    return f"{address}?{urlencode(what | whose)}"


def case_facts(case: ConsequenceCase, *, suspended: bool) -> dict[str, Any]:
    """A case in words: the rule, the run of results, the measure proposed."""
    rule = rule_of(case)
    measures: Iterable[Any] = rule.measures
    label = next((one.label() for one in measures if one.key == case.measure), "")
    return {
        "case": case,
        "rule": rule,
        "measure": label,
        "suspended": suspended,
        **_standing(case, label, suspended),
    }


def _standing(case: ConsequenceCase, measure: str, suspended: bool) -> dict[str, Any]:
    """How far a case has come, in a word and its tone."""
    status = ConsequenceCase.Status(case.status)
    if suspended:
        return {"tone": "neutral", "word": _("suspended")}
    if status == ConsequenceCase.Status.OPEN:
        return {"tone": "late", "word": status.label}
    if status == ConsequenceCase.Status.PROPOSED:
        return {"tone": "due", "word": measure}
    if status == ConsequenceCase.Status.DECIDED:
        return {"tone": "done", "word": _("%(measure)s, decided") % {"measure": measure}}
    return {"tone": "neutral", "word": status.label}


def _day(moment: Any) -> str:
    return formats.day_as("short", moment) if moment else ""


def _until(moment: Any) -> str:
    if not moment:
        return ""
    day = f"{formats.day_as('short', moment)}{deadlines.in_words(moment)}"
    return _("until %(day)s") % {"day": day}


def _of(done: int, total: int, late: int = 0) -> str:
    words = {"done": done, "total": total, "late": late}
    if late:
        return _("%(done)s of %(total)s, %(late)s late") % words
    return _("%(done)s of %(total)s") % words
