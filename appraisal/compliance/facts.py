"""What proves the rules of appraisal at this moment, and where they are lived."""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from appraisal.arithmetic import formula
from appraisal.compliance.checks import CONSEQUENCES, CYCLES, EVALUATIONS, SCORED, SELF_REVIEWS
from appraisal.models import Cycle, Stage, WorkbookExport
from expansion import clock, compliance, metrics
from expansion.approvals.wording import role_label
from expansion.compliance import Fact, Screen, numbers_by
from expansion.people.selectors import holders
from expansion.rulebook.schema import Rules

SHOWN = 4  # closed cycles whose workbook the fact tells of


def kinds(rules: Rules) -> Iterator[str]:
    """The kinds of cycle of the rulebook, with how many have been held (A-5.3a)."""
    held = numbers_by(Cycle.objects.exclude(stage=Stage.PLANNED), "kind")
    for kind in rules.appraisal.cycles:
        words = {"kind": Cycle.Kind(kind).label, "number": held[kind]}
        yield _("%(kind)s: %(number)d opened") % words


def parties(rules: Rules) -> Iterator[str]:
    """Who scores, with which share (C-6.2.3)."""
    for party in rules.appraisal.parties:
        yield _share(party.label(), party.weight.value)


def formulas(rules: Rules) -> Iterator[str]:
    """How a longer cycle uses the shorter ones (C-6.2.2)."""
    for kind in rules.appraisal.cycles:
        found = formula(rules, kind)
        if found is not None:
            yield _("%(kind)s: shorter cycles %(mean)s%%, own evaluation %(own)s%%") % {
                "kind": Cycle.Kind(kind).label,
                "mean": f"{found.parts_mean.value:f}",
                "own": f"{found.evaluation.value:f}",
            }


def standards(rules: Rules) -> Iterator[str]:
    """Each set of indicators with its weights (C-6.1.1)."""
    for one in rules.kpi_sets:
        weights = [_share(each.label(), each.weight.value) for each in one.indicators]
        yield _("%(set)s: %(weights)s") % {"set": one, "weights": _(", ").join(weights)}


def computed(rules: Rules) -> Iterator[str]:
    """Which figure of the records each computed indicator reads (D-3.3.3c)."""
    for one in rules.kpi_sets:
        for indicator in one.indicators:
            read = [str(metrics.get(part.metric).label) for part in indicator.how if part.metric]
            if read:
                yield _(": ").join((str(indicator), _(", ").join(read)))


def consequences(rules: Rules) -> Iterator[str]:
    """What follows from how many results at one level in a row (A-5.5.3)."""
    for rule in rules.consequences:
        measures = _(", ").join(str(measure) for measure in rule.measures)
        yield _(": ").join((str(rule), measures))


def who_fixes(rules: Rules) -> Iterator[str]:
    """Who sets the final score today (E5-23)."""
    role = rules.appraisal.final_by.value
    names = _(", ").join(person.name for person in holders(role)) or _("nobody")
    words = {"role": role_label(role), "names": names}
    yield _("Final score set by %(role)s: %(names)s") % words


def workbooks(rules: Rules) -> Iterator[str]:
    """The last closed cycles, and when their workbook was taken (A-5.5.1)."""
    exports = WorkbookExport.objects.filter(cycle=OuterRef("pk")).order_by("-at")
    closed = Cycle.objects.filter(stage=Stage.CLOSED).order_by("-end", "-pk")
    for cycle in closed.annotate(taken_at=Subquery(exports.values("at")[:1]))[:SHOWN]:
        taken = clock.local_date(cycle.taken_at).isoformat() if cycle.taken_at else _("not yet")
        yield _("%(cycle)s: exported %(day)s") % {"cycle": cycle, "day": taken}


def bonus(rules: Rules) -> Iterator[str]:
    """What the bonus is worked out from (B-6.4.1)."""
    for label, amount in (
        (_("Bonus base"), rules.bonus.base.value),
        (_("Bonus limit"), rules.bonus.cap.value),
    ):
        yield _(": ").join((label, _("none") if amount is None else f"{amount:f}"))


def _share(label: str, percent: Any) -> str:
    return f"{label} {percent.normalize():f}%"


KINDS = ("A-5.3a", "B-6.2a", "C-6.2.1", "D-2.3.2", "D-3.3.2", "E7-5.2")
STANDARDS = ("C-6.1.1", "C-6.1.2", "E2-13", "E3-3.5", "E4-12", "E5-8")
USED = ("A-5.5.1", "E1-16a", "E4-14", "E7-5.3")

compliance.add(
    Fact("appraisal.kinds", kinds, clauses=KINDS),
    Fact("appraisal.parties", parties, clauses=("C-6.2.3",)),
    Fact("appraisal.formulas", formulas, clauses=("C-6.2.2b", "C-6.2.2c")),
    Fact("appraisal.standards", standards, clauses=STANDARDS),
    Fact("appraisal.computed", computed, clauses=("D-3.3.3c",)),
    Fact("appraisal.consequences", consequences, clauses=CONSEQUENCES),
    Fact("appraisal.who_fixes", who_fixes, clauses=("A-5.4.3", "E5-23")),
    Fact("appraisal.workbooks", workbooks, clauses=USED),
    Fact("appraisal.bonus", bonus, clauses=("B-6.4.1a", "B-6.4.1b")),
    Screen(
        "appraisal:cycle-list",
        lazy("Appraisal cycles"),
        clauses=(*CYCLES, "A-5.3a", "B-6.2a", "C-6.2.1", "E7-5.2", "A-5.4.3", *USED),
    ),
    Screen(
        "appraisal:mine",
        lazy("My appraisal"),
        clauses=(*SELF_REVIEWS, "A-5.4.4", "C-6.2.2b", "C-6.2.2c", "C-6.3.3"),
    ),
    Screen(
        "appraisal:evaluations",
        lazy("Evaluations"),
        clauses=(*EVALUATIONS, *SCORED, "C-6.2.3", "E4-12", "E5-8"),
    ),
    Screen("appraisal:appeal-list", lazy("Appeals"), clauses=("A-5.4.4", "C-6.3.3", *CONSEQUENCES)),
    Screen("appraisal:trial", lazy("Trial score"), clauses=("C-6.1.1", "C-6.1.2", "E2-13")),
)
