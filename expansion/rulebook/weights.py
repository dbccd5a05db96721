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
TEAM_SHARE = "appraisal.combine.team_share"
MODE = "appraisal.combine.mode"


def is_sum(path: str) -> bool:
    """Whether a breach at this path is that of a set's sum, which its own line says already."""
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

    @property
    def drafted(self) -> Decimal | None:
        try:
            return Decimal(self.typed)
        except InvalidOperation:
            return None

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
    """One set of weights and what it has to sum to."""

    key: str
    label: str
    rows: tuple[Row, ...]
    wanted: Decimal

    @property
    def total(self) -> Decimal | None:
        drafted = [row.drafted for row in self.rows]
        if any(value is None for value in drafted):
            return None
        return sum((value for value in drafted if value is not None), Decimal(0))

    @property
    def holds(self) -> bool:
        return self.total == self.wanted

    @property
    def sentence(self) -> str:
        """What is wrong with the sum and how to mend it; empty where nothing is."""
        if self.holds:
            return ""
        if self.total is None:
            return _("One weight is not a number.")
        if not self.rows:
            return _("This set has no indicator yet.")
        off = abs(self.total - self.wanted)
        mend = next((row for row in self.rows if row.changed), self.rows[0])
        words = {
            "total": f"{self.total.normalize():f}",
            "off": f"{off.normalize():f}",
            "name": mend.label,
            "back": f"{mend.current.normalize():f}",
        }
        if self.total > self.wanted:
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


def groups(
    rules: Rules, draft: Version | None, typed: dict[str, str], base: Rules | None = None
) -> list[Group]:
    """Every set of weights; `typed` overrides the draft with what a refused form held.

    `base` is the published version, where the draft rests on a file that was read into it.
    """
    stored = draft.changes if draft else {}
    published = _weights(base or rules)

    def text(path: str, current: Any) -> str:
        return typed.get(path, str(stored.get(path, current)))

    share = _number(text(TEAM_SHARE, rules.appraisal.combine.team_share.value))
    fixed = text(MODE, rules.appraisal.combine.mode.value) == "common_shares_fixed"
    return list(_groups(rules, published, text, share, fixed))


def _weights(rules: Rules) -> dict[str, Decimal]:
    return {
        path_of(each, one): one.weight.value for each in rules.kpi_sets for one in each.indicators
    }


def _groups(
    rules: Rules, published: dict[str, Decimal], text: Any, share: Decimal, fixed: bool
) -> Iterator[Group]:
    for one in rules.kpi_sets:
        common = one.kind == "common"
        factor = share if one.kind == "team" and fixed else HUNDRED
        rows = tuple(
            Row(
                path=(path := path_of(one, indicator)),
                label=indicator.label(),
                clause=indicator.weight.clause or "",
                source=indicator.weight.source,
                current=published.get(path, indicator.weight.value),
                typed=text(path, indicator.weight.value),
                share=factor,
            )
            for indicator in one.indicators
        )
        wanted = HUNDRED - share if common and fixed else HUNDRED
        if common and not fixed:
            wanted = sum((row.drafted or Decimal(0) for row in rows), Decimal(0))
        yield Group(one.key, one.label(), rows, wanted)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return HUNDRED
