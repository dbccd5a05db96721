"""Changes of staff as subjects of approval: two kinds, each with its chain (E5-18, reading 51);
and the exports of personnel matters."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import offers
from expansion.office import tables_personnel as tables
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.office.selectors.personnel import criteria
from expansion.office.services import changes
from expansion.rulebook.selectors import rules_on
from expansion.transfer.registry import add_export
from expansion.ui import formats

GRAVE = (PersonnelChange.Kind.DEMOTION, PersonnelChange.Kind.DISMISSAL)


def document(change: PersonnelChange) -> dict[str, Any]:
    """The frozen copy that is decided over: who, from where to where, when and why."""
    return {
        "title": str(change),
        "facts": [[str(label), str(value)] for label, value in facts(change) if value],
        "sections": list(_sections(change)),
    }


def facts(change: PersonnelChange) -> Iterator[tuple[Any, Any]]:
    yield _("Kind"), change.get_kind_display()
    yield _("Person"), change.whom
    yield _("User name"), change.username
    yield _("Posts given up"), posts_given_up(change)
    if change.to_unit:
        yield _("Post taken up"), f"{change.to_unit} · {change.to_post}"
    yield _("Effective on"), formats.day_as("full", change.effective_on)
    yield _("Follows from"), change.source_case
    yield _("Proposed by"), change.owner.name


def posts_given_up(change: PersonnelChange) -> str:
    seats = change.seats.select_related("unit", "post")
    return _(", ").join(f"{seat.unit} · {seat.post}" for seat in seats)


def _sections(change: PersonnelChange) -> Iterator[dict[str, str]]:
    yield {"key": "reason", "label": _("Reason"), "text": change.reason}
    if change.candidate:
        yield from _of_candidate(change.candidate)


def _of_candidate(candidate: Candidate) -> Iterator[dict[str, str]]:
    opening = candidate.opening
    asked = "\n".join(filter(None, [opening.skills, opening.traits]))
    yield {"key": "asked", "label": _("What the opening asks for"), "text": asked}
    given = (one for one in criteria(candidate, rules_on()) if one["rating"])
    lines = [f"{one['label']} {one['rating']} / 5" for one in given]
    yield {"key": "ratings", "label": _("Ratings"), "text": "\n".join(lines) or _("None.")}
    yield {"key": "choice", "label": _("Why chosen"), "text": candidate.decision_reason}


def _offer(kind: str, label: Any, grave: bool) -> offers.Subject:
    return offers.Subject(
        kind=kind,
        model=PersonnelChange,
        label=label,
        url=lambda change: change.get_absolute_url(),
        document=document,
        approved=changes.change_approved,
        returned=changes.change_returned,
        rejected=changes.change_rejected,
        withdrawn=changes.change_withdrawn,
        applies=lambda change: (change.kind in GRAVE) == grave,
        concerned="person",
    )


offers.add(
    _offer("personnel_change", gettext_lazy("Hire, transfer or rotation"), grave=False),
    _offer("dismissal", gettext_lazy("Demotion or dismissal"), grave=True),
)
add_export(tables.OPENINGS, Opening.objects.all)
add_export(tables.CANDIDATES, Candidate.objects.all)
add_export(tables.CHANGES, PersonnelChange.objects.all)
