"""What this app shows in the overview: targets against what is reached, and forms past their due
date."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, F, Q, When
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import live
from appraisal.cards import pace
from appraisal.models import Participant, Stage
from appraisal.roster import assigned
from expansion import access, clock, offers
from expansion.metrics import Metric
from expansion.people.models import Role
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.worktime import Period

TEN_THOUSAND, LARGE = Decimal(10_000), Decimal(100_000)
JUDGING = (Role.MANAGER, Role.LEADER, Role.LEADERSHIP)


@dataclass(frozen=True)
class Reached:
    """One counted figure of several people: what they have, and what is asked of them together."""

    metric: Metric
    value: Decimal
    target: Decimal
    pace: int

    @property
    def ahead(self) -> Decimal:
        """By how much they are ahead of the pace of time, in whole units; below 0 behind it."""
        exact = self.value - self.target * self.pace / 100
        return exact.quantize(Decimal(1), ROUND_HALF_UP)

    @property
    def said(self) -> str:
        """21 / 36 家."""
        words = {
            "value": self._written(self.value),
            "target": self._written(self.target),
            "unit": self.unit,
        }
        return _one_blank(_("%(value)s / %(target)s %(unit)s") % words)

    @property
    def large(self) -> bool:
        """Whether it is told in tens of thousands, as sums of money are."""
        return self.target >= LARGE

    @property
    def unit(self) -> Any:
        unit = self.metric.unit
        return _("×10,000 %(unit)s") % {"unit": unit} if self.large else unit

    def _written(self, number: Decimal) -> str:
        return formats.number(number / TEN_THOUSAND, 2) if self.large else _whole(number)

    @property
    def against_pace(self) -> str:
        words = {"number": self._written(abs(self.ahead)), "unit": self.unit}
        if self.ahead > 0:
            return _one_blank(_("%(number)s %(unit)s ahead") % words)
        if self.ahead < 0:
            return _one_blank(_("%(number)s %(unit)s behind") % words)
        return _("on pace")


def _one_blank(words: str) -> str:
    """A figure may have no unit: then no gap is left for it."""
    return " ".join(words.split())


def _whole(number: Decimal) -> str:
    """Without a tail of noughts."""
    whole = number.quantize(Decimal(1))
    return formats.number(whole if whole == number else number.normalize())


def targets(person: Any, purview: offers.Purview) -> dict[str, Any] | None:
    """The counted figures of the running period: sums over the people overseen, against the sums of
    their targets. What is a share or a score cannot be summed and is left out."""
    rules = rules_on()
    period = Period.containing(rules.appraisal.cycles[0])
    people = assigned(rules, clock.today(), purview.people)
    # A head's figures are those of all below, who are counted one by one.
    own = (one for one in people if one.kpi_set.whose == "person")
    people = [one for one in own if one.unit.pk in purview.units]
    gone = pace(period, rules)
    rows = reached(live.standings(people, period, rules, only=lambda part: part.grows), gone)
    return {"rows": rows, "period": period, "pace": gone} if rows else None


def reached(standings: list[live.Standing], gone: int) -> list[Reached]:
    """One row per metric, in the order of the rulebook; a person counts once in each."""
    values: dict[str, dict[int, live.LiveFigure]] = {}
    for standing in standings:
        for figure in standing.figures.values():
            if figure.target and figure.value is not None:
                values.setdefault(figure.metric.key, {}).setdefault(standing.person.pk, figure)
    return [
        Reached(
            next(iter(found.values())).metric,
            sum((one.value for one in found.values()), Decimal()),
            sum((one.target for one in found.values()), Decimal()),
            gone,
        )
        for found in values.values()
    ]


def late_forms(person: Any, purview: offers.Purview, most: int | None) -> Iterator[offers.Late]:
    """Self-reviews and evaluations past their due date of those whose appraisal the person sees."""
    now = clock.now()
    writing = Q(stage=Stage.SELF_REVIEW, cycle__self_due_at__lt=now, owner__in=purview.ids)
    judging = Q(stage=Stage.EVALUATION, cycle__evaluation_due_at__lt=now, superior__in=purview.ids)
    seen = access.visible_to(person, Participant.objects.filter(writing | judging))
    rows = seen.select_related("cycle", "owner", "superior").filter(team__in=purview.units)
    self_due = When(stage=Stage.SELF_REVIEW, then=F("cycle__self_due_at"))
    due = Case(self_due, default=F("cycle__evaluation_due_at"))
    for one in rows.order_by(due, "pk")[:most]:
        yield _self_review(one) if one.at == Stage.SELF_REVIEW else _evaluation(one)


def _self_review(one: Participant) -> offers.Late:
    return offers.Late(
        record=one,
        person=one.owner,
        what=lazy(lambda: _("Self-review for %(cycle)s") % {"cycle": one.cycle}, str)(),
        due=one.cycle.self_due_at,
        url=one.get_absolute_url(),
        act_url=f"{one.get_absolute_url()}/self-review",
    )


def _evaluation(one: Participant) -> offers.Late:
    return offers.Late(
        record=one,
        person=one.superior,
        what=lazy(lambda: _("Evaluate %(person)s") % {"person": one.owner}, str)(),
        due=one.cycle.evaluation_due_at,
        url=one.get_absolute_url(),
        act_url=f"{one.get_absolute_url()}/evaluation",
    )


offers.add(
    offers.Insight("appraisal.targets", 20, "appraisal/_insight.html", targets),
    offers.LateSource(
        key="appraisal.forms",
        label=gettext_lazy("self-reviews and evaluations"),
        order=30,
        list=late_forms,
        allowed=lambda person: bool(person.holds(*JUDGING)),
    ),
    private=True,
)
