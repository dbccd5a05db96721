"""The acts of the trail in words: `crm.lead.converted` is “lead: converted”."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from expansion.audit.models import Entry
from expansion.ui import formats

# The last word of a verb says what happened, the record what it happened to.
ACTS = {
    "acknowledged": pgettext_lazy("act", "acknowledged"),
    "activated": pgettext_lazy("act", "activated"),
    "accepted": pgettext_lazy("act", "accepted"),
    "active": pgettext_lazy("act", "activated"),
    "added": pgettext_lazy("act", "added"),
    "addressed": pgettext_lazy("act", "addressed"),
    "adjusted": pgettext_lazy("act", "adjusted"),
    "adopted": pgettext_lazy("act", "adopted"),
    "all_ended": pgettext_lazy("act", "all ended"),
    "allowed": pgettext_lazy("act", "allowed"),
    "answered": pgettext_lazy("act", "answered"),
    "approved": pgettext_lazy("act", "approved"),
    "begun": pgettext_lazy("act", "begun"),
    "cancelled": pgettext_lazy("act", "cancelled"),
    "changed": pgettext_lazy("act", "changed"),
    "checked": pgettext_lazy("act", "checked"),
    "checked_in": pgettext_lazy("act", "checked in"),
    "chosen": pgettext_lazy("act", "chosen"),
    "cited": pgettext_lazy("act", "cited"),
    "classified": pgettext_lazy("act", "level set"),
    "closed": pgettext_lazy("act", "closed"),
    "code_used": pgettext_lazy("act", "recovery code used"),
    "codes_renewed": pgettext_lazy("act", "recovery codes renewed"),
    "commented": pgettext_lazy("act", "commented"),
    "completed": pgettext_lazy("act", "completed"),
    "completion_undone": pgettext_lazy("act", "completion undone"),
    "confirmed": pgettext_lazy("act", "confirmed as it is"),
    "contact_planned": pgettext_lazy("act", "next contact set"),
    "contract_linked": pgettext_lazy("act", "contract linked"),
    "converted": pgettext_lazy("act", "converted"),
    "corrected": pgettext_lazy("act", "corrected"),
    "created": pgettext_lazy("act", "created"),
    "decided": pgettext_lazy("act", "decided"),
    "declined": pgettext_lazy("act", "declined"),
    "deleted": pgettext_lazy("act", "deleted"),
    "delivered": pgettext_lazy("act", "delivered"),
    "discarded": pgettext_lazy("act", "discarded"),
    "distributed": pgettext_lazy("act", "distributed"),
    "divided": pgettext_lazy("act", "divided"),
    "done": pgettext_lazy("act", "done"),
    "draft": pgettext_lazy("act", "made a draft again"),
    "drafted": pgettext_lazy("act", "drafted"),
    "effective": pgettext_lazy("act", "took effect"),
    "escalated": pgettext_lazy("act", "escalated"),
    "ended": pgettext_lazy("act", "ended"),
    "enrolled": pgettext_lazy("act", "enrolled"),
    "enrolment": pgettext_lazy("act", "enrolment opened"),
    "erased": pgettext_lazy("act", "personal data erased"),
    "exported": pgettext_lazy("act", "exported"),
    "extended": pgettext_lazy("act", "extended"),
    "fetched": pgettext_lazy("act", "fetched"),
    "filed": pgettext_lazy("act", "filed"),
    "filled": pgettext_lazy("act", "filled"),
    "finished": pgettext_lazy("act", "finished"),
    "fixed": pgettext_lazy("act", "fixed"),
    "followed": pgettext_lazy("act", "posts and teams follow it"),
    "forgotten": pgettext_lazy("act", "deleted after its time"),
    "frozen": pgettext_lazy("act", "frozen"),
    "handed_on": pgettext_lazy("act", "passed on"),
    "greeted": pgettext_lazy("act", "trial message sent"),
    "handed_over": pgettext_lazy("act", "handed over"),
    "handover_undone": pgettext_lazy("act", "handover taken back"),
    "held": pgettext_lazy("act", "held"),
    "held_up": pgettext_lazy("act", "held up"),
    "in_approval": pgettext_lazy("act", "submitted"),
    "invalid": pgettext_lazy("act", "found invalid"),
    "invited": pgettext_lazy("act", "invited"),
    "judged": pgettext_lazy("act", "judged"),
    "kept_back": pgettext_lazy("act", "not given out"),
    "left": pgettext_lazy("act", "deactivated"),
    "lifted": pgettext_lazy("act", "lifted"),
    "linked": pgettext_lazy("act", "linked"),
    "loaded": pgettext_lazy("act", "loaded"),
    "locked": pgettext_lazy("act", "locked"),
    "logged": pgettext_lazy("act", "logged"),
    "looked": pgettext_lazy("act", "looked at"),
    "lost": pgettext_lazy("act", "lost"),
    "mailed": pgettext_lazy("act", "mailed"),
    "marked": pgettext_lazy("act", "marked"),
    "missed": pgettext_lazy("act", "missed"),
    "moved": pgettext_lazy("act", "moved"),
    "nudged": pgettext_lazy("act", "reminded"),
    "offered": pgettext_lazy("act", "offered"),
    "open": pgettext_lazy("act", "opened"),
    "opened": pgettext_lazy("act", "opened"),
    "others_ended": pgettext_lazy("act", "all others ended"),
    "overruled": pgettext_lazy("act", "overruled"),
    "passed_on": pgettext_lazy("act", "passed on"),
    "pending": pgettext_lazy("act", "submitted"),
    "planned": pgettext_lazy("act", "planned"),
    "proposed": pgettext_lazy("act", "proposed"),
    "printed": pgettext_lazy("act", "printed"),
    "published": pgettext_lazy("act", "published"),
    "rated": pgettext_lazy("act", "rated"),
    "read": pgettext_lazy("act", "read"),
    "reassigned": pgettext_lazy("act", "handed over"),
    "received": pgettext_lazy("act", "received"),
    "recomputed": pgettext_lazy("act", "recomputed"),
    "rejected": pgettext_lazy("act", "rejected"),
    "released": pgettext_lazy("act", "released"),
    "removed": pgettext_lazy("act", "removed"),
    "reopened": pgettext_lazy("act", "reopened"),
    "replaced": pgettext_lazy("act", "replaced by a later one"),
    "reported": pgettext_lazy("act", "personal data given out"),
    "requested": pgettext_lazy("act", "requested"),
    "rescheduled": pgettext_lazy("act", "rescheduled"),
    "resent": pgettext_lazy("act", "sent again"),
    "restored": pgettext_lazy("act", "restored"),
    "retried": pgettext_lazy("act", "started again"),
    "returned": pgettext_lazy("act", "returned"),
    "revealed": pgettext_lazy("act", "shown in full"),
    "revoked": pgettext_lazy("act", "revoked"),
    "running": pgettext_lazy("act", "begun"),
    "saved": pgettext_lazy("act", "saved"),
    "scored": pgettext_lazy("act", "scored"),
    "set": pgettext_lazy("act", "set"),
    "settled": pgettext_lazy("act", "settled"),
    "sent": pgettext_lazy("act", "sent"),
    "share_ended": pgettext_lazy("act", "share ended"),
    "shared": pgettext_lazy("act", "shared"),
    "signed": pgettext_lazy("act", "signed"),
    "skipped": pgettext_lazy("act", "skipped"),
    "stopped": pgettext_lazy("act", "stopped"),
    "submitted": pgettext_lazy("act", "submitted"),
    "taken_away": pgettext_lazy("act", "taken away"),
    "thing_added": pgettext_lazy("act", "thing to come back added"),
    "thing_returned": pgettext_lazy("act", "thing is back"),
    "timed_out": pgettext_lazy("act", "ran out of time"),
    "turned_down": pgettext_lazy("act", "turned down"),
    "undone": pgettext_lazy("act", "undone"),
    "used": pgettext_lazy("act", "used"),
    "uninvited": pgettext_lazy("act", "not asked any more"),
    "unlinked": pgettext_lazy("act", "unlinked"),
    "valid": pgettext_lazy("act", "found valid"),
    "unseated": pgettext_lazy("act", "left without anybody to decide"),
    "uploaded": pgettext_lazy("act", "read from a file"),
    "waived": pgettext_lazy("act", "waived"),
    "withdrawn": pgettext_lazy("act", "withdrawn"),
    "won": pgettext_lazy("act", "won"),
    "written": pgettext_lazy("act", "written"),
}
ROOMS = {
    "home": _("Overview"),
    "crm": _("Clients"),
    "research": _("Research"),
    "partnerships": _("Partnerships"),
    "training": _("Training"),
    "appraisal": _("Appraisal"),
    "approvals": _("Approvals"),
    "office": _("Daily work"),
    "worktime": _("Calendar"),
    "rulebook": _("Regulation"),
    "people": _("People"),
    "files": _("Files"),
    "transfer": _("Import and export"),
    "jobs": _("Background jobs"),
    "notices": _("Notices"),
    "surveys": _("Surveys"),
    "guests": _("Public links"),
}
# The word before it says what kind of record it was, where the model has no name in words.
NOUNS = {
    "attachment": _("file"),
    "channels": _("notice channels"),
    "compliance": _("compliance board"),
    "contact": _("contact"),
    "draft": _("draft of the rules"),
    "entry": _("entry of the regulation"),
    "export": _("export"),
    "factor": _("second factor"),
    "import": _("import"),
    "interpretation": _("interpretation"),
    "job": _("background job"),
    "language": _("language"),
    "list": _("list"),
    "link": _("link for a password"),
    "login": _("login session"),
    "mail": _("sent notice"),
    "mandate": _("mandate"),
    "measure": _("improvement measure"),
    "overview": _("overview"),
    "membership": _("post held"),
    "pass": _("one-time link"),
    "password": _("password"),
    "person": _("account"),
    "policy": _("rules for logging in"),
    "position": _("reading of the position"),
    "preset": _("regulation"),
    "rehearsal": _("rehearsal"),
    "replay": _("rehearsal of a draft"),
    "request": _("approval"),
    "rights": _("rights"),
    "robot": _("robot"),
    "scheme": _("cooperation scheme"),
    "step": _("approval"),
    "token": _("API token"),
    "version": _("rulebook version"),
    "wording": _("wording of a notice"),
    "workbook": _("workbook"),
}
# What an act says of itself that stands in no column of the record.
FACTS = {
    "held_up": _("what holds it up"),
    "added_by": _("sent by"),
    "contact_id": _("number of the contact"),
    "count": _("rows"),
    "days": _("days of the calendar"),
    "decision": _("decision"),
    "device": _("device"),
    "done_note": _("what was done"),
    "done_on": _("done on"),
    "factor": _("second factor"),
    "file": _("file"),
    "for_work": _("to work on it"),
    "entries": _("entries of the trail"),
    "format": _("format"),
    "invited": _("asked"),
    "import_rows": _("rows of imported sheets"),
    "left": _("teams that stay where they are"),
    "made": _("posts and teams made"),
    "mapping": _("columns read"),
    "path": _("address"),
    "measure": _("measure"),
    "notices": _("notices"),
    "points": _("numbers and addresses"),
    "query": _("selection"),
    "question": _("question"),
    "rated": _("indicators rated"),
    "reason": _("reason"),
    "row": _("row"),
    "revealed": _("numbers in full"),
    "shared_with": _("shared with"),
    "sheet": _("sheet"),
    "survey_rows": _("rows of surveys"),
    "until": _("until"),
    "quiet_from": _("quiet from"),
    "quiet_to": _("quiet until"),
    "quiet_days": _("quiet on days off"),
    "digest_at": _("daily digest at"),
    "written": _("characters written"),
    "year": _("year"),
}
# Fields whose values are personal: the trail says that they changed, not to what in full.
MASKS = {
    "phone": formats.masked_phone,
    "value": formats.masked_phone,
    "email": formats.masked_email,
}


def act_label(entry: Entry) -> str:
    """What happened, to what kind of record: “lead: converted”."""
    before, _dot, last = entry.verb.rpartition(".")
    act = ACTS.get(last, last.replace("_", " "))
    model = model_of(entry)
    noun = NOUNS.get(before.rpartition(".")[2]) or (model._meta.verbose_name if model else "")
    return gettext("%(noun)s: %(act)s") % {"noun": noun, "act": act} if noun else str(act)


def model_of(entry: Entry) -> type[models.Model] | None:
    if entry.about_type_id is None:
        return None
    return ContentType.objects.get_for_id(entry.about_type_id).model_class()


def changes_of(entry: Entry) -> str:
    """What changed, in one text; nothing where the record is not the reader's to see."""
    if not getattr(entry, "is_open", False):
        return ""
    lines = ("{label}: {before} → {after}".format(**row) for row in changed_values(entry))
    return "\n".join(lines)


def changed_values(entry: Entry) -> Iterator[dict[str, Any]]:
    """Each changed field with its name in words and both values, personal ones masked."""
    model = model_of(entry)
    rows = [(name, *_pair(pair)) for name, pair in entry.changes.items()]
    if hasattr(model, "change_words"):  # what changed stands in no column of its own
        yield from (model.change_words(*row) for row in rows)
        return
    named = [pair for name, *pair in rows if _names_a_person(_field(model, name))]
    people = _people(chain.from_iterable(named), getattr(entry, "people", {}))
    for name, before, after in rows:
        field = _field(model, name)
        yield {
            "label": _label(field, name),
            "before": _words(field, name, before, people),
            "after": _words(field, name, after, people),
        }


def _label(field: Any, name: str) -> Any:
    """The field's name in words; links to several are called after what they link to."""
    if getattr(field, "many_to_many", False):
        return field.related_model._meta.verbose_name_plural
    return FACTS.get(name) or getattr(field, "verbose_name", "") or name


def _pair(stored: Any) -> tuple[Any, Any]:
    return tuple(stored) if isinstance(stored, list) and len(stored) == 2 else (None, stored)


def _field(model: type[models.Model] | None, name: str) -> Any:
    known = {field.name: field for field in model._meta.get_fields()} if model else {}
    return known.get(name)


def _names_a_person(field: Any) -> bool:
    return getattr(field, "related_model", None) is get_user_model()


def _people(ids: Iterable[Any], known: dict[int, str]) -> dict[int, str]:
    """The names behind the ids; those not `known` are read in one query and known from then on."""
    wanted = {pk for pk in ids if isinstance(pk, int)} - known.keys()
    if wanted:
        people = get_user_model()._default_manager.filter(pk__in=wanted)
        known.update(people.values_list("pk", "name"))
    return known


def _words(field: Any, name: str, value: Any, people: Mapping[int, str]) -> str:
    if value in (None, "", [], {}):
        return formats.NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if name in MASKS and isinstance(value, str):
        return MASKS[name](value)
    if isinstance(value, dict):
        return _each(getattr(field, "related_model", None), value, people)
    if isinstance(value, list) and getattr(field, "many_to_many", False):
        linked = field.related_model._default_manager.filter(pk__in=value)
        return "; ".join(map(str, linked))
    if _names_a_person(field):
        return people.get(value, str(value))
    if isinstance(field, models.DateTimeField):
        return formats.moment(datetime.fromisoformat(value))
    if isinstance(field, models.DateField):
        return formats.day_as("full", date.fromisoformat(value))
    choices = dict(getattr(field, "flatchoices", None) or ())
    return str(choices.get(value, value)) if isinstance(value, str | int) else str(value)


def _each(
    model: type[models.Model] | None, values: dict[str, Any], people: Mapping[int, str]
) -> str:
    """Several fields of a record that changed along, by their names in words."""
    found = []
    for name, value in values.items():
        field = _field(model, name)
        label = getattr(field, "verbose_name", name)
        found.append(gettext(": ").join((str(label), _words(field, name, value, people))))
    return gettext("; ").join(found)
