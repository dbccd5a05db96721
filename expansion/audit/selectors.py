"""What a reader of the trail reads of an entry: that it happened always, of which record and with
which values only where the record itself is theirs to see.

Whoever configures the house or looks after its people reads by that no record of its business.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When

from expansion import access
from expansion.access import EVERYTHING, NOTHING, either
from expansion.audit.models import Entry


def open_to(person: Any) -> Q:
    """The condition for entries whose record the person may see; those of no record are of none.

    A kind of record without an access rule is open to nobody (it fails closed, as the gate does).
    """
    rules = {model: rule for model, rule in access.rules().items() if model is not Entry}
    kinds = ContentType.objects.get_for_models(*rules)
    whole, parts = [], [Q(about_type=None)]
    for model, rule in rules.items():
        condition = rule.visible(person)
        if condition == EVERYTHING:
            whole.append(kinds[model].pk)
        elif condition != NOTHING:
            seen = model._default_manager.filter(condition).order_by().values("pk")
            parts.append(Q(about_type=kinds[model], about_id__in=seen))
    return either(Q(about_type__in=sorted(whole)), *parts)


def for_reader(person: Any, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """The entries, each with `is_open`: whether this person may read of its record."""
    shown = When(open_to(person), then=Value(True))
    return entries.annotate(
        is_open=Case(shown, default=Value(False), output_field=models.BooleanField())
    )


def label_of(entry: Entry) -> str:
    """The name of the record, for those who may see it; without `for_reader` for nobody."""
    return entry.about_label if getattr(entry, "is_open", False) else ""
