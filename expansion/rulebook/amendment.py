"""A new version of the rulebook as a subject of approval (R-exp-01)."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import offers
from expansion.rulebook.models import Version
from expansion.rulebook.naming import Rebuilt
from expansion.rulebook.schema import AMENDMENT
from expansion.rulebook.selectors import Changed, changed_rows, names_of, restructured
from expansion.rulebook.services import drafts
from expansion.rulebook.templatetags.rules import rule_section, value_words
from expansion.ui import formats


def document(version: Version) -> dict[str, Any]:
    """The frozen copy that is decided over: every change with the value before and after."""
    rows, others = changed_rows(version), restructured(version)
    return {
        "title": _("Rulebook %(version)s") % {"version": version},
        "facts": [
            [_("In force from"), formats.day_as("full", version.effective_on)],
            [_("Differs from"), str(version.based_on)],
            [_("Changes"), str(len(rows) + len(others))],
        ],
        "sections": list(_sections(version, rows, others)),
    }


def _sections(
    version: Version, rows: list[Changed], others: list[Rebuilt]
) -> Iterator[dict[str, str]]:
    yield {"key": "reason", "label": _("Why the rules change"), "text": version.reason}
    names = names_of(version, [*rows, *others])
    if others:
        text = "\n".join(rebuilt_line(one, names) for one in others)
        yield {"key": "entries", "label": _("Entries"), "text": text}
    for key, part in groupby(rows, key=lambda row: row.listed.section):
        text = "\n".join(line(row, names) for row in part)
        yield {"key": key, "label": str(rule_section(key)), "text": text}


def line(row: Changed, names: Mapping[str, str]) -> str:
    if row.confirmed:
        return _("%(name)s: %(value)s, confirmed as it is") % {
            "name": row.label,
            "value": value_words(row.after, names),
        }
    before, after = value_words(row.before, names), value_words(row.after, names)
    return _(": ").join((str(row.label), f"{before} → {after}"))


def rebuilt_line(one: Rebuilt, names: Mapping[str, str]) -> str:
    """What was added, taken away or worded otherwise."""
    before, after = value_words(one.before, names), value_words(one.after, names)
    if one.before is None:
        return _("%(name)s: new, %(value)s") % {"name": one.label, "value": after}
    if one.after is None:
        return _("%(name)s: taken away, %(value)s") % {"name": one.label, "value": before}
    return _(": ").join((str(one.label), f"{before} → {after}"))


offers.add(
    offers.Subject(
        kind=AMENDMENT,
        model=Version,
        label=gettext_lazy("Amendment of the rules"),
        url=lambda version: version.get_absolute_url(),
        document=document,
        approved=drafts.version_approved,
        returned=drafts.version_returned,
        rejected=drafts.version_rejected,
        withdrawn=drafts.version_returned,
        own_chain=True,
        lies_returned=lambda version: version.status == Version.Status.DRAFT,
    )
)
