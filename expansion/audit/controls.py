"""The control list (R-exp-26): what the checks of all rooms find now, as far as a person may know.

Whoever reads the trail reads how often something happened and who did it; the record's name only
where the record is theirs to see.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from expansion import access, offers
from expansion.access import EVERYTHING
from expansion.audit.access import sat_in
from expansion.audit.models import Entry
from expansion.errors import Gone
from expansion.offers import ControlCheck, Finding
from expansion.ui import formats


@dataclass(frozen=True)
class Row:
    """A finding as this reader reads it; name and address are empty where it is not theirs."""

    finding: Finding
    name: str = ""
    url: str = ""

    @property
    def who(self) -> str:
        return _(", ").join(str(one) for one in self.finding.people)

    @property
    def hidden(self) -> bool:
        return self.finding.record is not None and not self.name


def found(person: Any) -> list[tuple[ControlCheck, list[Finding]]]:
    """Every check with what it finds among the acts that this person oversees."""
    reach = overseen(person)
    return [(check, _of(person, check, reach)) for check in offers.of(ControlCheck)]


def rows_of(person: Any, key: str) -> tuple[ControlCheck, list[Row]]:
    """One check with its rows.

    Raises:
        Gone: no room offers such a check.
    """
    check = next((one for one in offers.of(ControlCheck) if one.key == key), None)
    if check is None:
        raise Gone(_("There is nothing here for you at this address."))
    return check, named(person, _of(person, check, overseen(person)))


def overseen(person: Any) -> set[int] | None:
    """The people whose acts this person reads in the trail; None for everybody's."""
    if access.condition(person, Entry) == EVERYTHING:
        return None
    units = access.rule_of(Entry).units(person)
    return set(sat_in(units).values_list("pk", flat=True)) if units else set()


def _of(person: Any, check: ControlCheck, reach: set[int] | None) -> list[Finding]:
    findings = check.find(person)
    if reach is None:
        return list(findings)
    return [one for one in findings if any(each.pk in reach for each in one.people)]


def named(person: Any, findings: list[Finding]) -> list[Row]:
    """The findings with the names of those records that this person may see, asked together."""
    ids = defaultdict(set)
    for one in findings:
        if one.record is not None:
            ids[type(one.record)].add(one.record.pk)
    seen = {where[1:] for where in access.seen((person, *kind) for kind in ids.items())}
    return [
        _row(one, (type(one.record), getattr(one.record, "pk", None)) in seen) for one in findings
    ]


def _row(finding: Finding, is_open: bool) -> Row:
    if not is_open:
        return Row(finding)
    address = getattr(finding.record, "get_absolute_url", str)
    return Row(finding, str(finding.record), address())


def heads() -> list[str]:
    return [_("Check"), pgettext("count", "Findings"), _("When"), _("Who"), _("What"), _("Record")]


def lines(person: Any) -> Iterator[list[Any]]:
    """The control list as a table: each check, also one that finds nothing, with its rows."""
    for check, findings in found(person):
        label, count = str(check.label), len(findings)
        if not findings:
            yield [label, 0, "", "", "", ""]
        for row in named(person, findings):
            at = formats.moment(row.finding.at) if row.finding.at else ""
            yield [label, count, at, row.who, str(row.finding.what), row.name]
