"""What a page says about the last change of its record."""

from django import template
from django.db import models

from expansion.audit.models import Entry
from expansion.records import about_key

register = template.Library()


@register.simple_tag
def last_change(record: models.Model) -> Entry | None:
    """Who changed the record last, and when: the other one of two people on one record."""
    entries = Entry.objects.filter(**about_key(record)).exclude(actor=None)
    return entries.select_related("actor").first()
