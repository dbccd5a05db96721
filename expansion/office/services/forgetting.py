"""Forgetting a candidate lawfully: the person goes, the account of the recruiting stays (law 8)."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.approvals.models import Request
from expansion.audit.erasing import blank_entries
from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.errors import NotNow
from expansion.notices.erasing import blank_notices
from expansion.notices.models import Notice
from expansion.office.models import Candidate, PersonnelChange
from expansion.office.services.candidates import FIELDS, being_hired
from expansion.people.models import User
from expansion.records import About, about_key, lock

MARK = "×××"  # stands where a personal value stood inside a text
OWN = (*FIELDS, "decision_reason")
OF_A_HIRE = ("name", "username", "email", "phone")


@transaction.atomic
def forget_candidate(*, actor: User, record: Candidate, reason: str) -> Candidate:
    """Blanks the personal values of a candidate and their copies: in hires that came to nothing,
    in what was decided over, in notices, and in labels and values of the trail, earlier ones too.

    Ratings and decision stay, without the person. The checksum of a document that was decided over
    stays that of the document as it was.

    Raises:
        Forbidden: this is not the actor's to do.
        NotNow: nothing personal is left, or the candidate is being hired or has been.
    """
    access.require(actor, "erase", record)
    candidate = lock(Candidate.objects.all(), record.pk)
    if candidate.forgotten_at:
        raise NotNow(_("Nothing personal is left of this candidate."))
    if being_hired(candidate):
        sentence = _("%(name)s is being hired or has been. What is kept belongs to the staff file.")
        raise NotNow(sentence % {"name": candidate.name})
    hires = list(candidate.hires.select_for_update())
    scrub = scrubber(_values(candidate, hires))
    counts = _blank_copies([candidate, *hires], scrub)
    for hire in hires:
        _blank(hire, OF_A_HIRE)
    _blank(candidate, OWN, forgotten_at=clock.now())
    told = {"reason": [None, scrub(reason)]}
    write(
        actor=actor,
        verb="office.candidate.erased",
        about=candidate,
        changes=told | {name: [count, 0] for name, count in counts.items()},
    )
    return candidate


def _values(candidate: Candidate, hires: list[PersonnelChange]) -> set[str]:
    """All the person is recognised by, and has been: as stored, and as the trail kept it."""
    found = {getattr(candidate, name) for name in OWN}
    found |= {getattr(hire, name) for hire in hires for name in OF_A_HIRE}
    for entry in _entries([candidate, *hires]):
        pairs = (entry.changes.get(name) for name in {*OWN, *OF_A_HIRE})
        found |= {one for pair in pairs if isinstance(pair, list) for one in pair}
    return {one for one in found if isinstance(one, str) and len(one) > 1}


def scrubber(values: set[str]) -> Callable[[Any], Any]:
    """What takes these values out of anything: whole where it is one of them, else with marks."""
    longest_first = sorted(values, key=len, reverse=True)

    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            if value in values:
                return ""
            for one in longest_first:
                value = value.replace(one, MARK)
            return value
        if isinstance(value, list):
            return [scrub(one) for one in value]
        if isinstance(value, dict):
            return {name: scrub(one) for name, one in value.items()}
        return value

    return scrub


def _entries(records: list[Any]) -> Any:
    """The trail of these records and of the rounds in which they were decided."""
    found = Entry.objects.none()
    for record in [*records, *_rounds(records)]:
        found = found | Entry.objects.filter(**about_key(record))
    return found


def _rounds(records: list[Any]) -> list[Request]:
    hires = (one for one in records if isinstance(one, PersonnelChange))
    return [request for hire in hires for request in Request.objects.filter(**about_key(hire))]


def _blank_copies(records: list[Any], scrub: Callable[[Any], Any]) -> dict[str, int]:
    rounds = _rounds(records)
    told = Notice.objects.none()
    for record in [*records, *rounds]:
        told = told | Notice.objects.filter(**about_key(record))
    counts = {
        "entries": blank_entries(_entries(records), lambda entry, value: scrub(value)),
        "notices": blank_notices(told, scrub),
    }
    for request in rounds:
        request.title, request.snapshot = scrub(request.title), scrub(request.snapshot)
        request.comment = scrub(request.comment)
        request.save(update_fields=["title", "snapshot", "comment", "updated_at"])
    _blank_labels([*records, *rounds], scrub)
    return counts


def _blank_labels(records: list[Any], scrub: Callable[[Any], Any]) -> None:
    """Rows of every room name what they are about by a label; the trail's are done already."""
    labelled = [one for one in apps.get_models() if issubclass(one, About) and one is not Entry]
    for model in labelled:
        for record in records:
            rows = model._base_manager.filter(**about_key(record)).order_by()
            for label in set(rows.values_list("about_label", flat=True)):
                left = scrub(label) or MARK
                if label and left != label:
                    rows.filter(about_label=label).update(about_label=left)


def _blank(record: Any, names: tuple[str, ...], **more: Any) -> None:
    for name in names:
        setattr(record, name, "")
    for name, value in more.items():
        setattr(record, name, value)
    record.version += 1
    record.save()
