"""Who sees what of an appraisal at which stage, and who may do what (rival complaint 21).

One table, `SHOWN`, decides for every page, list, file, export and API: what a section shows, to
which part a person plays, from which stage on. The own row is always read as the person appraised,
whatever else that person is. Colleagues see nothing of each other, the administrator nothing at
all, the deputy acts for finals only while a mandate runs (reading 29).
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from appraisal.models import (
    Appeal,
    ConsequenceCase,
    Cycle,
    Evidence,
    Line,
    Participant,
    Rating,
    Result,
    Review,
    Stage,
    Target,
    WorkbookExport,
)
from expansion import access
from expansion.access import EVERYTHING, NOTHING, Scope, principals
from expansion.approvals.approvers import answering, answers
from expansion.people.models import Role

# The parts that people play in an appraisal.
PERSON, SUPERIOR, FINAL, HR = "person", "superior", "final", "hr"

# The sections of an appraisal.
FIGURES, SELF_REVIEW, EVALUATION, RESULT = "figures", "self_review", "evaluation", "result"

# section → part → the stage from which on it is shown; a part that is not named never sees it.
SHOWN: Mapping[str, Mapping[str, Stage]] = {
    FIGURES: {
        PERSON: Stage.SELF_REVIEW,
        SUPERIOR: Stage.SELF_REVIEW,
        FINAL: Stage.SELF_REVIEW,
        HR: Stage.FEEDBACK,
    },
    SELF_REVIEW: {
        PERSON: Stage.COLLECTING,
        SUPERIOR: Stage.EVALUATION,
        FINAL: Stage.EVALUATION,
    },
    EVALUATION: {
        PERSON: Stage.FEEDBACK,
        SUPERIOR: Stage.COLLECTING,
        FINAL: Stage.REVIEW,
        HR: Stage.FEEDBACK,
    },
    RESULT: {
        PERSON: Stage.FEEDBACK,
        SUPERIOR: Stage.FEEDBACK,
        FINAL: Stage.REVIEW,
        HR: Stage.FEEDBACK,
    },
}
ORGANISERS = {Role.MANAGER: Scope.DEPARTMENT, Role.HR: Scope.DEPARTMENT}
MANAGER = {Role.MANAGER: Scope.DEPARTMENT}
ALL_ROLES = dict.fromkeys(Role.values, Scope.DEPARTMENT)


def fixing(person: Any, participant: Participant) -> list[access.Seat]:
    """The seats from which the person fixes this score: a post of the line over its own units,
    another role over all (of two managers each has one side, reading 37)."""
    return [
        seat for seat in person.seats if answers(seat, participant.final_by, participant.team_id)
    ]


def fixed_by(person: Any, prefix: str = "") -> Q:
    """The same as a condition on participants, reached by the lookup `prefix`."""
    asked = (
        answering(seat, role=f"{prefix}final_by", unit=f"{prefix}team") for seat in person.seats
    )
    return reduce(or_, asked, NOTHING)


def parts(person: Any, participant: Participant) -> frozenset[str]:
    """What a person is to this appraisal."""
    if participant.owner_id == person.pk:
        return frozenset({PERSON})
    found = set()
    if participant.superior_id in principals(person):
        found.add(SUPERIOR)
    if fixing(person, participant):
        found.add(FINAL)
    if person.holds(Role.HR):
        found.add(HR)
    return frozenset(found)


def sections(person: Any, participant: Participant) -> frozenset[str]:
    """The sections of this appraisal that the person may read now."""
    held = parts(person, participant)
    return frozenset(
        section
        for section, table in SHOWN.items()
        if any(part in held and participant.at.reached(since) for part, since in table.items())
    )


def acting_for(person: Any, participant: Participant, part: str) -> int | None:
    """Whose mandate a person uses for this act; None in the own right (stamped on the act)."""
    if part == SUPERIOR:
        return None if participant.superior_id == person.pk else participant.superior_id
    seats = fixing(person, participant)
    if any(seat.acting_for is None for seat in seats):
        return None
    return next((seat.acting_for for seat in seats), None)


def _conditions(person: Any, prefix: str) -> Iterator[tuple[str, Q]]:
    """For each part the condition on participants, reached by the lookup `prefix`."""
    own = Q(**{f"{prefix}owner_id": person.pk})
    yield PERSON, own
    yield SUPERIOR, ~own & Q(**{f"{prefix}superior_id__in": principals(person)})
    yield FINAL, ~own & fixed_by(person, prefix)
    if person.holds(Role.HR):
        yield HR, ~own


def rows_shown(person: Any, prefix: str = "") -> Q:
    """Which participants a person may see at all."""
    return reduce(or_, (condition for _part, condition in _conditions(person, prefix)))


def section_shown(person: Any, section: str, prefix: str = "participant__") -> Q:
    """Which participants' section a person may read: `SHOWN` as a condition."""
    found = [
        condition & Q(**{f"{prefix}stage__in": Stage.since(SHOWN[section][part])})
        for part, condition in _conditions(person, prefix)
        if part in SHOWN[section]
    ]
    return reduce(or_, found, NOTHING)


class PrivateRule(access.Rule):
    """Appraisals are between those who take part in them: a rehearsal shows none."""

    private = True


@access.register(Cycle)
class CycleAccess(PrivateRule):
    """Everybody appraised knows the cycle; manager and HR run it."""

    owner = team = None
    adjustable = True
    fixed = ("reopen", "fix", "deliver")  # Who fixes scores is the rulebook's to say.
    grants = {
        "view": ORGANISERS | {Role.LEADERSHIP: Scope.DEPARTMENT},
        "open": ORGANISERS,
        "collect": ORGANISERS,
        "nudge": ORGANISERS,
        "close": ORGANISERS,
        "reopen": MANAGER,
        "target": MANAGER,
        "fix": MANAGER | {Role.LEADERSHIP: Scope.DEPARTMENT},
        "deliver": MANAGER | {Role.LEADERSHIP: Scope.DEPARTMENT},
        "export": {Role.HR: Scope.DEPARTMENT},
    }

    def also_visible(self, person: Any) -> Q:
        return Q(participants__in=Participant.objects.filter(rows_shown(person)).values("pk"))

    def visible(self, person: Any) -> Q:
        condition = super().visible(person)
        if condition == EVERYTHING:
            return condition
        # The join over participants would repeat a cycle once per row.
        return Q(pk__in=Cycle.objects.filter(condition).values("pk"))


@access.register(Participant)
class ParticipantAccess(PrivateRule):
    """A row is seen by the person, the superior, who fixes the score, and HR."""

    acts = {
        "self_review": PERSON,
        "acknowledge": PERSON,
        "appeal": PERSON,
        "evaluate": SUPERIOR,
        "review": FINAL,
    }
    grants = {action: ALL_ROLES for action in ("view", *acts)}

    def visible(self, person: Any) -> Q:
        return rows_shown(person)

    def covers(self, person: Any, seat: access.Seat, action: str, record: Any) -> bool:
        if action == "view":
            return bool(parts(person, record))
        return self.acts.get(action) in parts(person, record)


class OfParticipant(PrivateRule):
    """A row below a participant: read where its section is shown, written by services only."""

    section = ""
    prefix = "participant__"
    grants = {"view": ALL_ROLES}

    def visible(self, person: Any) -> Q:
        return section_shown(person, self.section, self.prefix)

    def covers(self, person: Any, seat: access.Seat, action: str, record: Any) -> bool:
        return access.can(person, "view", record)


@access.register(Line)
class LineAccess(OfParticipant):
    """Computed figures come with the figures, ratings with the evaluation."""

    def visible(self, person: Any) -> Q:
        return Q(rated=False) & section_shown(person, FIGURES, self.prefix) | Q(
            rated=True
        ) & section_shown(person, EVALUATION, self.prefix)


@access.register(Evidence)
class EvidenceAccess(OfParticipant):
    section, prefix = FIGURES, "line__participant__"


@access.register(Review)
class ReviewAccess(OfParticipant):
    """A draft is its writer's alone; the self-review goes to whoever judges, not to HR."""

    def visible(self, person: Any) -> Q:
        shown = Q(party=Review.Party.SELF) & section_shown(person, SELF_REVIEW) | Q(
            party=Review.Party.SUPERIOR
        ) & section_shown(person, EVALUATION)
        return Q(by=person.pk) | shown & Q(submitted_at__isnull=False)


@access.register(Rating)
class RatingAccess(OfParticipant):
    def visible(self, person: Any) -> Q:
        reviews = access.visible_to(person, Review.objects.all())
        return Q(review__in=reviews.values("pk"))


@access.register(Result)
class ResultAccess(OfParticipant):
    section = RESULT


@access.register(Appeal)
class AppealAccess(PrivateRule):
    """The person files, whoever fixes scores handles; HR follows the state (A-5.4.4)."""

    grants = {action: ALL_ROLES for action in ("view", "accept", "decide")}

    def visible(self, person: Any) -> Q:
        return rows_shown(person, "participant__")

    def covers(self, person: Any, seat: access.Seat, action: str, record: Any) -> bool:
        held = parts(person, record.participant)
        return bool(held) if action == "view" else FINAL in held


@access.register(ConsequenceCase)
class CaseAccess(PrivateRule):
    """Who fixes scores proposes; HR and the leadership, who decide with them, read."""

    grants = {"view": ALL_ROLES, "propose": ALL_ROLES}
    readers = (Role.HR, Role.LEADERSHIP)

    def visible(self, person: Any) -> Q:
        others = ~Q(owner_id=person.pk)
        if person.holds(*self.readers):
            return others
        return others & fixed_by(person, "participant__")

    def covers(self, person: Any, seat: access.Seat, action: str, record: Any) -> bool:
        if record.owner_id == person.pk:
            return False
        reads = action == "view" and person.holds(*self.readers)
        return reads or bool(fixing(person, record.participant))


@access.register(Target)
class TargetAccess(PrivateRule):
    """The manager sets them; a person sees the own ones and those of the own team."""

    owner = "person"
    adjustable = True
    grants = {
        "view": MANAGER | {Role.LEADER: Scope.TEAM, Role.DEPUTY: Scope.OWN, Role.MEMBER: Scope.OWN},
        "edit": MANAGER,
        "create": MANAGER,
    }


@access.register(WorkbookExport)
class WorkbookExportAccess(PrivateRule):
    owner = team = None
    grants = {"view": {Role.HR: Scope.DEPARTMENT, Role.MANAGER: Scope.DEPARTMENT}}
