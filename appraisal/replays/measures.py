"""Measures after appraisals under a draft: what it would have foreseen for whom, and who would have
proposed and decided over it (A-5.5.3, readings 6 to 10)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from appraisal.access import CaseAccess, fixing
from appraisal.models import ConsequenceCase, Participant, Result
from appraisal.replays.scores import Weighed, weighed
from appraisal.services.consequences import counting, proposer_of, rule_for, rule_of
from expansion import offers
from expansion.offers import Replayed
from expansion.rulebook.deciders import names_in
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import Consequence
from expansion.rulebook.templatetags.rules import rule_value
from expansion.rulebook.values import offered
from expansion.worktime import Period


@dataclass(frozen=True)
class Foreseen:
    """What a rulebook foresees for somebody; nothing where it has no rule for the run."""

    rule: Consequence | None = None
    proposer: str = ""
    deciders: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        if self.rule is None:
            return _("no measure")
        decided = " → ".join(rule_value(one, names) for one in self.deciders)
        who = {"proposer": rule_value(self.proposer, names), "deciders": decided}
        said = [self.rule.label(), rule_value(offered(self.rule.measures))]
        if self.rule.after_improvement_plan:
            said.append(_("after an improvement plan"))
        return " · ".join([*said, _("proposed by %(proposer)s, decided by %(deciders)s") % who])


NOTHING = Foreseen()
Found = tuple[ConsequenceCase | Result, Participant, Foreseen, Foreseen | None, str]


def measures(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Everybody's closed appraisal of the period: the measure that was asked for, and what the
    draft's levels and rules would have asked for. Who is under appeal is left alone."""
    found = list(_found(rules, weighed(rules, period)))
    both = [one for _record, _of, *sides, _note in found for one in sides if one]
    names = names_in((word for one in both for word in (one.proposer, one.deciders)), rules)
    for record, participant, before, after, note in found:
        told = after.words(names) if after else None
        yield Replayed(record, before.words(names), told, note, str(participant))


def _found(rules: Rules, results: list[tuple[Result, Weighed]]) -> Iterator[Found]:
    runs, cases = _Runs(rules, results), _cases(results)
    for result, drafted in results:
        participant = result.participant
        if participant.pk not in runs:
            continue
        case = cases.get(participant.pk)
        record, before = case or result, _asked_for(participant, case)
        if drafted.score is None:
            yield record, participant, before, None, drafted.note
        else:
            level, periods = runs.of(participant)
            rule = rule_for(rules, level=level, kpi_set=participant.kpi_set, periods=periods)
            after, note = _by_draft(rules, participant, rule), _run_words(rules, level, periods)
            yield record, participant, before, after, note if rule else ""


def _cases(results: Iterable[tuple[Result, Weighed]]) -> dict[int, ConsequenceCase]:
    asked = [result.participant_id for result, _drafted in results]
    return {
        one.participant_id: one for one in ConsequenceCase.objects.filter(participant__in=asked)
    }


def _asked_for(participant: Participant, case: ConsequenceCase | None) -> Foreseen:
    """As the case keeps it, whatever was proposed and decided since."""
    if case is None or case.status == ConsequenceCase.Status.LIFTED:
        return NOTHING
    case.participant = participant
    return Foreseen(rule_of(case), case.proposer, tuple(case.deciders))


def _by_draft(rules: Rules, participant: Participant, rule: Consequence | None) -> Foreseen:
    if rule is None:
        return NOTHING
    return Foreseen(rule, proposer_of(participant, rule, rules), rule.decided_by.value)


def _run_words(rules: Rules, level: str, periods: int) -> str:
    said = ngettext("%(level)s in one period", "%(level)s in %(count)s periods in a row", periods)
    named = next(one.label() for one in rules.appraisal.levels if one.key == level)
    return said % {"level": named, "count": periods}


class _Runs:
    """How many closed appraisals in a row each person had at one level: of the period by the
    draft's levels, before it as they were delivered (reading 6)."""

    def __init__(self, rules: Rules, results: list[tuple[Result, Weighed]]):
        levels = {
            result.participant_id: rules.level(drafted.score).key
            for result, drafted in results
            if drafted.score is not None
        }
        people = {result.participant.owner_id for result, _drafted in results}
        closed = counting().filter(owner__in=people)
        read = closed.values_list("pk", "owner", "cycle__kind", "cycle__start", "result__level")
        self._rows: dict[tuple[int, str], list[tuple[date, str]]] = {}
        self._known: set[int] = set()
        for pk, owner, kind, start, level in read:
            self._rows.setdefault((owner, kind), []).append((start, levels.get(pk, level)))
            self._known.add(pk)

    def __contains__(self, pk: int) -> bool:
        return pk in self._known

    def of(self, participant: Participant) -> tuple[str, int]:
        """The level and the length of the run that ends with this appraisal."""
        cycle, rows = participant.cycle, self._rows[participant.owner_id, participant.cycle.kind]
        (_start, level), *earlier = [row for row in rows if row[0] <= cycle.start]
        return level, 1 + len(list(takewhile(lambda row: row[1] == level, earlier)))


def read_by(person: Any, rows: Iterable[Replayed]) -> list[Replayed]:
    """A case is read by whoever sees it; of who has none by those who would read one whatever its
    rule names: never by the person, so that no missing row tells of a case."""
    return [row for row in rows if _reads(person, row.record)]


def _reads(person: Any, record: Any) -> bool:
    if isinstance(record, ConsequenceCase):
        return True
    others = record.participant.owner_id != person.pk
    reads = person.holds(*CaseAccess.readers) or bool(fixing(person, record.participant))
    return others and reads


offers.add(
    offers.Replay(
        "appraisal.measures",
        lazy("Measures after appraisals"),
        11,
        measures,
        lazy(
            "Levels of the period are the draft's, those of the periods before stay as they were "
            "delivered. What was proposed and decided is not replayed."
        ),
        reads=("consequences", "appraisal.levels", "appraisal.superior_of_manager"),
        read_by=read_by,
    ),
    private=True,
)
