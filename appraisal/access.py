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
    MEASURE,
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
from expansion.approvals.approvers import SUPERIOR as THE_SUPERIOR
from expansion.approvals.approvers import answering, answers
from expansion.approvals.reach import Chair, chairs
from expansion.approvals.selectors import involving
from expansion.people.models import Role

# The parts that people play in an appraisal.
PERSON, SUPERIOR, FINAL, HR = "person", "superior", "final", "hr"
HANDLER = "handler"  # of an appeal against it; without one nobody plays this part

# The sections of an appraisal.
FIGURES, SELF_REVIEW, EVALUATION, RESULT = "figures", "self_review", "evaluation", "result"

# section → part → the stage from which on it is shown; a part that is not named never sees it.
SHOWN: Mapping[str, Mapping[str, Stage]] = {
    FIGURES: {
        PERSON: Stage.SELF_REVIEW,
        SUPERIOR: Stage.SELF_REVIEW,
        FINAL: Stage.SELF_REVIEW,
        HR: Stage.FEEDBACK,
        HANDLER: Stage.FEEDBACK,
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
        HANDLER: Stage.FEEDBACK,
    },
    RESULT: {
        PERSON: Stage.FEEDBACK,
        SUPERIOR: Stage.FEEDBACK,
        FINAL: Stage.REVIEW,
        HR: Stage.FEEDBACK,
        HANDLER: Stage.FEEDBACK,
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


def handling(person: Any, participant: Participant) -> list[access.Seat]:
    """The seats from which the person handles an appeal against this score."""
    return [
        seat for seat in person.seats if answers(seat, participant.appeals_by, participant.team_id)
    ]


def fixed_by(person: Any, prefix: str = "") -> Q:
    """The scores that the person fixes, as a condition on participants reached by `prefix`."""
    return _answered(person, "final_by", prefix)


def handled_by(person: Any, prefix: str = "") -> Q:
    """The same of those whose appeals the person handles."""
    return _answered(person, "appeals_by", prefix)


def _answered(person: Any, role: str, prefix: str) -> Q:
    asked = (answering(seat, role=prefix + role, unit=f"{prefix}team") for seat in person.seats)
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
    # Whoever fixes the score sees it anyway: nothing has to be read for them.
    if handling(person, participant) and (FINAL in found or participant.appeals.exists()):
        found.add(HANDLER)
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
    seats = handling(person, participant) if part == HANDLER else fixing(person, participant)
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
    appealed = Q(**{f"{prefix}pk__in": Appeal.objects.order_by().values("participant")})
    yield HANDLER, ~own & handled_by(person, prefix) & appealed


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
    """The person files, whom the regulation names handles (A-5.4.4, C-6.3.3); who fixes scores and
    HR follow the state."""

    grants = {action: ALL_ROLES for action in ("view", "accept", "decide")}

    def visible(self, person: Any) -> Q:
        return rows_shown(person, "participant__")

    def covers(self, person: Any, seat: access.Seat, action: str, record: Any) -> bool:
        held = parts(person, record.participant)
        return bool(held) if action == "view" else HANDLER in held


def _full_chairs(person: Any) -> list[Chair]:
    """The chairs from which the person acts in everything, in person or for a principal."""
    return [chair for chair in chairs(person, seats=person.seats) if not chair.kinds]


def proposed_by(person: Any) -> Q:
    """The cases in which the person proposes the measure, as the rulebook names it (reading 9)."""
    asked = (
        answering(chair.seat, role="proposer", unit="team")
        | Q(proposer__in=sorted({*chair.words, f"person:{person.username}"}))
        | Q(proposer=THE_SUPERIOR, participant__superior_id=chair.holder)
        for chair in _full_chairs(person)
    )
    return reduce(or_, asked, NOTHING)


def proposing(person: Any, case: ConsequenceCase) -> list[int]:
    """The same of one case: those as whom the person proposes, the own id or a principal's."""
    named = case.proposer == f"person:{person.username}"
    return [
        chair.holder
        for chair in _full_chairs(person)
        if answers(chair.seat, case.proposer, case.team_id)
        or case.proposer in chair.words
        or (named and chair.holder == person.pk)
        or (case.proposer == THE_SUPERIOR and case.participant.superior_id == chair.holder)
    ]


def proposing_for(person: Any, case: ConsequenceCase) -> int | None:
    """Whose mandate a person uses for the proposal; None in the own right."""
    holders = proposing(person, case)
    return None if person.pk in holders else next(iter(holders), None)


@access.register(ConsequenceCase)
class CaseAccess(PrivateRule):
    """Whom the rulebook names proposes, and decides over an approval; who fixes scores, HR and the
    leadership read. Nobody reads the own case."""

    grants = {"view": ALL_ROLES, "propose": ALL_ROLES}
    readers = (Role.HR, Role.LEADERSHIP)

    def visible(self, person: Any) -> Q:
        decided = involving(person, seats=person.seats).filter(kind=MEASURE).order_by()
        others = ~Q(owner_id=person.pk)
        return self.granted(person) | others & Q(pk__in=decided.values("about_id"))

    def granted(self, person: Any) -> Q:
        """What a person reads without deciding over it."""
        others = ~Q(owner_id=person.pk)
        if person.holds(*self.readers):
            return others
        return others & (fixed_by(person, "participant__") | proposed_by(person))

    def covers(self, person: Any, seat: access.Seat, action: str, record: Any) -> bool:
        if record.owner_id == person.pk:
            return False
        if action == "propose":
            return bool(proposing(person, record))
        return access.can(person, "view", record)


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
