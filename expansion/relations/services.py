"""Tying records of neighbours together and untying them."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Gone, Invalid
from expansion.people.models import User
from expansion.records import about
from expansion.relations.models import Relation


@transaction.atomic
def link(*, actor: User, source: models.Model, target: models.Model, kind: str) -> Relation:
    """Says that `source` cites, led to or concerns `target`; a second time changes nothing.

    Raises:
        Gone: one of the two is not visible to this person.
        Forbidden: the source is not this person's to change.
        Invalid: there is no such kind, or a record would be tied to itself.
    """
    _require_seen(actor, source, target)
    access.require(actor, "edit", source)
    if kind not in Relation.Kind.values:
        raise Invalid(fields={"kind": [_("Choose one of the list.")]})
    if source == target:
        raise Invalid(_("A record is not tied to itself."))
    relation, new = Relation.objects.get_or_create(
        kind=kind,
        **_key("source", source),
        **_key("target", target),
        defaults={
            "source_label": str(source)[:200],
            "target_label": str(target)[:200],
            "by": actor,
            "at": clock.now(),
        },
    )
    if new:
        changes = {"relation": [None, f"{kind} {relation.target_label}"]}
        write(actor=actor, verb="relations.relation.linked", about=source, changes=changes)
    return relation


@transaction.atomic
def unlink(*, actor: User, relation: Relation) -> models.Model:
    """Unties the two; returns the source.

    Raises:
        Gone: one of the two is not visible to this person.
        Forbidden: the source is not this person's to change.
    """
    source, target = relation.source, relation.target
    _require_seen(actor, source, target)
    access.require(actor, "edit", source)
    changes = {"relation": [f"{relation.kind} {relation.target_label}", None]}
    Relation.objects.filter(pk=relation.pk).delete()
    write(actor=actor, verb="relations.relation.unlinked", about=source, changes=changes)
    return source


def _require_seen(actor: User, *records: models.Model | None) -> None:
    if not all(record is not None and access.can(actor, "view", record) for record in records):
        raise Gone(_("There is nothing here for you at this address."))


def _key(end: str, record: models.Model) -> dict[str, Any]:
    pointing = about(record)
    return {f"{end}_type": pointing["about_type"], f"{end}_id": pointing["about_id"]}
