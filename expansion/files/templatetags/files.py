"""What `files/_list.html` asks of the record it is included for."""

from typing import Any

from django import template
from django.db import models
from django.db.models import QuerySet

from expansion import access
from expansion.files.models import Attachment
from expansion.files.selectors import attachments

register = template.Library()


@register.simple_tag
def attachments_of(record: models.Model, read: Any = None) -> QuerySet[Attachment] | list[Any]:
    """The record's files, or those that the page has `read` already; it has found the record
    through the gate."""
    return read if isinstance(read, list) else attachments(record)


@register.filter
def takes_files(record: models.Model) -> bool:
    """Whether files may be added in the record's present state, by those who may change it."""
    return not access.rule_of(type(record)).decided_now(record)


@register.filter
def stays_with(file: Attachment, record: models.Model) -> bool:
    """Whether the file stays with the record, whoever would remove it."""
    return access.rule_of(type(record)).keeps(record, file)


@register.filter
def subject_key(record: models.Model) -> str:
    """How the address of the adding form names the record's kind: `crm.client`."""
    return record._meta.label_lower
