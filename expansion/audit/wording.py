"""The acts of the trail in words: `crm.lead.converted` is “lead: converted”."""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expansion.audit.models import Entry
from expansion.ui import formats

# The last word of a verb says what happened, the record what it happened to.
ACTS = {
    "acknowledged": _("acknowledged"),
    "activated": _("activated"),
    "active": _("activated"),
    "added": _("added"),
    "addressed": _("addressed"),
    "adopted": _("adopted"),
    "allowed": _("allowed"),
    "answered": _("answered"),
    "approved": _("approved"),
    "cancelled": _("cancelled"),
    "changed": _("changed"),
    "checked": _("checked"),
    "checked_in": _("checked in"),
    "chosen": _("chosen"),
    "cited": _("cited"),
    "closed": _("closed"),
    "commented": _("commented"),
    "completed": _("completed"),
    "completion_undone": _("completion undone"),
    "contact_planned": _("next contact set"),
    "converted": _("converted"),
    "created": _("created"),
    "decided": _("decided"),
    "deleted": _("deleted"),
    "delivered": _("delivered"),
    "discarded": _("discarded"),
    "distributed": _("distributed"),
    "done": _("done"),
    "drafted": _("drafted"),
    "ended": _("ended"),
    "enrolled": _("enrolled"),
    "exported": _("exported"),
    "filed": _("filed"),
    "frozen": _("frozen"),
    "judged": _("judged"),
    "left": _("deactivated"),
    "linked": _("linked"),
    "loaded": _("loaded"),
    "locked": _("locked"),
    "logged": _("logged"),
    "lost": _("lost"),
    "missed": _("missed"),
    "moved": _("moved"),
    "nudged": _("reminded"),
    "opened": _("opened"),
    "pending": _("submitted"),
    "planned": _("planned"),
    "proposed": _("proposed"),
    "published": _("published"),
    "read": _("read"),
    "reassigned": _("handed over"),
    "received": _("received"),
    "rejected": _("rejected"),
    "removed": _("removed"),
    "reopened": _("reopened"),
    "requested": _("requested"),
    "rescheduled": _("rescheduled"),
    "restored": _("restored"),
    "retried": _("started again"),
    "returned": _("returned"),
    "revealed": _("shown in full"),
    "revoked": _("revoked"),
    "scored": _("scored"),
    "set": _("set"),
    "settled": _("settled"),
    "signed": _("signed"),
    "stopped": _("stopped"),
    "submitted": _("submitted"),
    "undone": _("undone"),
    "unlinked": _("unlinked"),
    "withdrawn": _("withdrawn"),
    "won": _("won"),
    "written": _("written"),
}
ROOMS = {
    "crm": _("Clients"),
    "research": _("Research"),
    "partnerships": _("Partnerships"),
    "training": _("Training"),
    "appraisal": _("Appraisal"),
    "approvals": _("Approvals"),
    "office": _("Daily work"),
    "rulebook": _("Rulebook"),
    "people": _("People"),
    "files": _("Files"),
    "transfer": _("Import and export"),
    "jobs": _("Background jobs"),
    "notices": _("Notices"),
}
# The word before it says what kind of record it was, where the model has no name in words.
NOUNS = {
    "attachment": _("file"),
    "channels": _("notice channels"),
    "contact": _("contact"),
    "draft": _("draft of the rules"),
    "import": _("import"),
    "job": _("background job"),
    "language": _("language"),
    "list": _("list"),
    "mandate": _("mandate"),
    "membership": _("post held"),
    "password": _("password"),
    "person": _("account"),
    "position": _("reading of the position"),
    "preset": _("regulation"),
    "request": _("approval"),
    "step": _("approval"),
    "token": _("API token"),
    "version": _("rulebook version"),
    "workbook": _("workbook"),
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


def changed_values(entry: Entry) -> Iterator[dict[str, Any]]:
    """Each changed field with its name in words and both values, personal ones masked."""
    model = model_of(entry)
    for name, pair in entry.changes.items():
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
        field = _field(model, name)
        yield {
            "label": getattr(field, "verbose_name", name),
            "before": _words(field, name, before),
            "after": _words(field, name, after),
        }


def _field(model: type[models.Model] | None, name: str) -> Any:
    known = {field.name: field for field in model._meta.get_fields()} if model else {}
    return known.get(name)


def _words(field: Any, name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return formats.NOTHING
    if name in MASKS and isinstance(value, str):
        return MASKS[name](value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {one}" for key, one in value.items())
    choices = dict(getattr(field, "flatchoices", None) or ())
    return str(choices.get(value, value)) if isinstance(value, str | int) else str(value)
