"""What the panel of related records asks of the record it is included for."""

from typing import Any

from django import template
from django.db import models

from expansion import access
from expansion.relations.selectors import ties

register = template.Library()


@register.simple_tag(takes_context=True)
def ties_of(context: Any, record: models.Model) -> dict[str, Any]:
    """The record's ties, each with whether this person may untie it, and whether more may come."""
    person = context["request"].user
    found = ties(person, record)
    may_edit = access.can(person, "edit", record)
    return {
        "rows": [{"tie": one, "may_remove": may_edit if one.forward else False} for one in found],
        "may_add": may_edit,
        "kind": record._meta.label_lower,
    }
