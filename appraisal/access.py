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
    Preparation,
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
from expansion.approvals.selectors import decided_records
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


def fixed_by(person: Any, prefix: str = "") -> Q:
    """The scores that the person fixes, as a condition on participants reached by `prefix`."""
    return _answered(person, f"{prefix}final_by", prefix)


def turn_of(person: Any) -> Q:
    """The appeals whose turn it is with the person, to prepare or to decide."""
    return Q(status__in=Appeal.OPEN) & _answered(person, "lies_with") & ~Q(owner_id=person.pk)


def heard_by(person: Any) -> Q:
    """The appeals that come to the person, as who decides or as whom they have reached before."""
    begun = Preparation.objects.exclude(since=None).order_by()
    prepared = begun.filter(_answered(person, "role", "appeal__"))
    return _answered(person, "handled_by") | Q(pk__in=prepared.values("appeal"))


def _answered(person: Any, role: str, prefix: str = "") -> Q:
    """Where a role stands in the column `role` and a team in that of `prefix`."""
    asked = (answering(seat, role=role, unit=f"{prefix}team") for seat in person.seats)
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
    # Whoever plays another part sees as much anyway: nothing has to be read for them.
    if not found and participant.appeals.filter(heard_by(person)).exists():
        found.add(HANDLER)
    return frozenset(found)


def fixes(person: Any, participant: Participant) -> bool:
    """Whether the person fixes this score, never the own one."""
    return participant.owner_id != person.pk and bool(fixing(person, participant))


def shown_from(section: str, held: frozenset[str]) -> Stage:
    """The stage from which on who plays one of these parts may read the section."""
    stages = (since for part, since in SHOWN[section].items() if part in held)
    return min(stages, key=lambda stage: stage.place)


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
    return _principal(fixing(person, participant))


def hearing_for(person: Any, appeal: Appeal) -> int | None:
    """The same for an act on an appeal whose turn it is with this person."""
    return _principal(turn_seats(person, appeal))


def turn_seats(person: Any, appeal: Appeal) -> list[access.Seat]:
    """The seats from which it is the person's turn with an appeal, to prepare or to decide."""
    return [seat for seat in person.seats if answers(seat, appeal.lies_with, appeal.team_id)]


def _principal(seats: list[access.Seat]) -> int | None:
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
    heard = Appeal.objects.order_by().filter(heard_by(person))
    yield HANDLER, ~own & Q(**{f"{prefix}pk__in": heard.values("participant")})


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
        return action == "view" and access.can(person, "view", record)


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
    """The person files, whom the regulation names prepares and decides (A-5.4.4, C-6.3.3); who
    fixes scores and HR follow the state. Nobody decides in both instances."""

    grants = {
        action: ALL_ROLES
        for action in ("view", "edit", "accept", "prepare", "decide", "take_further")
    }

    def visible(self, person: Any) -> Q:
        return rows_shown(person, "participant__")

    def covers(self, person: Any, seat: access.Seat, action: str, record: Any) -> bool:
        if action == "view":
            return bool(parts(person, record.participant))
        if record.owner_id == person.pk:  # Files may be added as long as nobody decides over them.
            return action == "take_further" or (action == "edit" and not self.freezes(record))
        if action == "take_further" or record.barred & {person.pk, seat.acting_for}:
            return False
        turn = answers(seat, record.lies_with, record.team_id)
        if action == "edit":
            return record.pending and turn
        if action == "prepare":
            return turn and record.lies_with != record.handled_by
        return (action == "accept" and turn) or answers(seat, record.handled_by, record.team_id)

    def freezes(self, record: Any) -> bool:
        return not record.pending


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
        others = ~Q(owner_id=person.pk)
        return self.granted(person) | others & Q(pk__in=decided_records(person, kind=MEASURE))

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
        return action == "view" and access.can(person, "view", record)


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
