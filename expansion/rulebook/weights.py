"""The weights page as data: what is published, what the draft says, what each counts in all."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import Indicator, KpiSet

HUNDRED = Decimal(100)
MOST, DIGITS = Decimal(1_000_000), 10
TEAM_SHARE = "appraisal.combine.team_share"
OVERALL_SHARE = "appraisal.combine.overall_share"
MODE = "appraisal.combine.mode"
FIXED = "common_shares_fixed"


def is_sum(path: str) -> bool:
    """Whether a breach at this path is that of a sum, which its own line says already."""
    return path == TEAM_SHARE or (path.startswith("kpi_sets.") and path.count(".") == 1)


def path_of(kpi_set: KpiSet, indicator: Indicator) -> str:
    """The parameter's path of an indicator's weight."""
    return f"kpi_sets.{kpi_set.key}.indicators.{indicator.key}.weight"


@dataclass(frozen=True)
class Row:
    """One weight: in force, as drafted (the text as typed), and its points in the whole."""

    path: str
    label: str
    clause: str
    source: str
    current: Decimal
    typed: str
    share: Decimal
    refused: tuple[str, ...] = ()  # what was said of the text as it was typed

    @property
    def drafted(self) -> Decimal | None:
        return _number(self.typed)

    @property
    def changed(self) -> bool:
        return self.drafted != self.current

    @property
    def points(self) -> Decimal | None:
        """What the drafted weight counts in the whole score."""
        return None if self.drafted is None else self.drafted * self.share / HUNDRED

    # The names under which any change of a draft is listed.
    confirmed = False

    @property
    def before(self) -> Decimal:
        return self.current

    @property
    def after(self) -> Decimal | None:
        return self.drafted

    @property
    def difference(self) -> Decimal | None:
        return None if self.drafted is None else self.drafted - self.current


@dataclass(frozen=True)
class Group:
    """One set of weights and what it has to sum to: None where any sum will do."""

    key: str
    label: str
    rows: tuple[Row, ...]
    wanted: Decimal | None
    counting: str  # see `Shares.counting`
    is_common: bool = False

    @property
    def total(self) -> Decimal | None:
        drafted = [row.drafted for row in self.rows]
        if any(value is None for value in drafted):
            return None
        return sum((value for value in drafted if value is not None), Decimal(0))

    @property
    def holds(self) -> bool:
        return bool(self.rows) and self.total is not None and self.wanted in (None, self.total)

    @property
    def sentence(self) -> str:
        """What is wrong with the sum and how to mend it; empty where nothing is."""
        if self.holds:
            return ""
        if self.total is None:
            return _("One weight is not a number.")
        if not self.rows:
            return _("This set has no indicator yet.")
        wanted = self.wanted or Decimal(0)
        off = abs(self.total - wanted)
        mend = next((row for row in self.rows if row.changed), self.rows[0])
        words = {
            "total": f"{self.total.normalize():f}",
            "off": f"{off.normalize():f}",
            "name": mend.label,
            "back": f"{mend.current.normalize():f}",
        }
        if self.total > wanted:
            text = _(
                "This set adds up to %(total)s%%, %(off)s%% too much. Take %(off)s%% from the "
                "others, or put “%(name)s” back to %(back)s%%."
            )
        else:
            text = _(
                "This set adds up to %(total)s%%, %(off)s%% too little. Add %(off)s%% to the "
                "others, or put “%(name)s” back to %(back)s%%."
            )
        return text % words


@dataclass(frozen=True)
class Shares:
    """How the blocks of a score are put together, as drafted: the way, and the shares in percent;
    None where what was typed is no number."""

    mode: str
    team: Decimal | None
    overall: Decimal | None
    has_common: bool

    @property
    def is_fixed(self) -> bool:
        return self.mode == FIXED

    @property
    def have_own_sum(self) -> bool:
        """Whether both shares alone make the whole; else the common weights take what is left."""
        return self.is_fixed and not self.has_common

    @property
    def total(self) -> Decimal | None:
        if self.team is None or self.overall is None:
            return None
        return self.team + self.overall

    @property
    def holds(self) -> bool:
        return not self.have_own_sum or self.total == HUNDRED

    @property
    def left(self) -> Decimal:
        """What both shares leave to the common weights."""
        return HUNDRED - (self.team or Decimal(0)) - (self.overall or Decimal(0))

    @property
    def sentence(self) -> str:
        """What is wrong with the shares; empty where nothing is."""
        if self.holds:
            return ""
        if self.total is None:
            return _("One share is not a number.")
        return _(
            "The share of the team indicators and that of the overall rating add up to "
            "%(total)s%%. Together they have to make 100%%."
        ) % {"total": f"{self.total.normalize():f}"}

    def counting(self, kind: str) -> str:
        """How a set of this kind counts in the whole, as a score is computed: not at all, with the
        share of the team indicators, with what the overall rating leaves, all weights scaled to
        100, or each weight as it stands."""
        beside = self.has_common and self.mode != "groups"
        if kind == "common" and not beside:
            return "none"
        if kind == "whole" or not beside:
            return "left"
        if self.mode == "normalise":
            return "scaled"
        return "team" if kind == "team" and self.is_fixed else "each"

    def factor(self, counting: str, common: Decimal) -> Decimal:
        """Of how much of a weight the whole score is made, in percent; `common` is the sum of the
        common weights."""
        left = HUNDRED - (self.overall or Decimal(0))
        team = HUNDRED if self.team is None else self.team
        scaled = HUNDRED * HUNDRED / (HUNDRED + common)
        known = {"none": Decimal(0), "left": left, "scaled": scaled, "team": team, "each": HUNDRED}
        return known[counting]


class Drafted:
    """The weights page of one draft; `typed` overrides it with what a refused form held.

    `base` is the published version, where the draft rests on a file that was read into it.
    """

    def __init__(
        self,
        rules: Rules,
        draft: Version | None,
        typed: dict[str, str],
        base: Rules | None = None,
    ):
        self.rules, self.typed = rules, typed
        self.stored = draft.changes if draft else {}
        self.published = _weights(base or rules)

    def text(self, path: str, current: Any) -> str:
        return self.typed.get(path, str(self.stored.get(path, current)))

    @property
    def shares(self) -> Shares:
        ours = self.rules.appraisal.combine
        return Shares(
            mode=self.text(MODE, ours.mode.value),
            team=_number(self.text(TEAM_SHARE, ours.team_share.value)),
            overall=_number(self.text(OVERALL_SHARE, ours.overall_share.value)),
            has_common=self.rules.common_set() is not None,
        )

    def groups(self) -> Iterator[Group]:
        """Every set of weights, with what it has to sum to by the way of combining."""
        shares, common = self.shares, self._common_sum()
        for one in self.rules.kpi_sets:
            is_common = one.kind == "common"
            wanted = HUNDRED
            if is_common:
                wanted = shares.left if shares.is_fixed else None
            counting = shares.counting(one.kind)
            factor = shares.factor(counting, common)
            rows = tuple(self._row(one, each, factor) for each in one.indicators)
            yield Group(one.key, one.label(), rows, wanted, counting, is_common)

    def _common_sum(self) -> Decimal:
        """The sum of the common weights, as far as they are numbers."""
        common = self.rules.common_set()
        found = (
            _number(self.text(path_of(common, one), one.weight.value))
            for one in (common.indicators if common else ())
        )
        return sum((one for one in found if one is not None), Decimal(0))

    def _row(self, kpi_set: KpiSet, indicator: Indicator, factor: Decimal) -> Row:
        path, weight = path_of(kpi_set, indicator), indicator.weight
        return Row(
            path=path,
            label=indicator.label(),
            clause=weight.clause or "",
            source=weight.source,
            current=self.published.get(path, weight.value),
            typed=self.text(path, weight.value),
            share=factor,
        )


def groups(
    rules: Rules, draft: Version | None, typed: dict[str, str], base: Rules | None = None
) -> list[Group]:
    """Every set of weights of a draft (`Drafted`)."""
    return list(Drafted(rules, draft, typed, base).groups())


def shares(rules: Rules, draft: Version | None, typed: dict[str, str]) -> Shares:
    """How a draft puts the blocks of a score together."""
    return Drafted(rules, draft, typed).shares


def _weights(rules: Rules) -> dict[str, Decimal]:
    return {
        path_of(each, one): one.weight.value for each in rules.kpi_sets for one in each.indicators
    }


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    # What no weight can be is none, before it is multiplied or written out in full.
    readable = found.is_finite() and abs(found) < MOST and found.adjusted() >= -DIGITS
    return found if readable or found == 0 else None
