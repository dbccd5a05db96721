"""Reads over relations: lineage, both ways."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.relations.models import Relation

# By kind and direction.
WORDS = {
    (Relation.Kind.CITES, True): _("rests on"),
    (Relation.Kind.CITES, False): _("is the ground of"),
    (Relation.Kind.LED_TO, True): _("led to"),
    (Relation.Kind.LED_TO, False): _("came of"),
    (Relation.Kind.CONCERNS, True): _("has to do with"),
    (Relation.Kind.CONCERNS, False): _("has to do with"),
}


@dataclass(frozen=True)
class Tie:
    """A relation seen from one of its ends: the record at the other, and the direction."""

    relation: Relation
    other: models.Model
    forward: bool  # the record asked about is the source

    @property
    def words(self) -> Any:
        """How the record asked about has to do with the other one."""
        return WORDS[self.relation.kind, self.forward]


def ties(person: Any, record: models.Model) -> list[Tie]:
    """What a visible record is tied to, as far as the person sees the other end.

    The number of queries grows with the kinds of records at the other ends, not with their number.
    """
    kind = ContentType.objects.get_for_model(record)
    found = list(
        Relation.objects.filter(
            Q(source_type=kind, source_id=record.pk) | Q(target_type=kind, target_id=record.pk)
        )
    )
    ends = [_other_end(relation, kind, record.pk) for relation in found]
    seen = _visible(person, {(type_, pk) for type_, pk, _forward in ends})
    return [
        Tie(relation, seen[type_, pk], forward)
        for relation, (type_, pk, forward) in zip(found, ends, strict=True)
        if (type_, pk) in seen
    ]


def _other_end(relation: Relation, kind: ContentType, pk: int) -> tuple[int, int, bool]:
    if (relation.source_type_id, relation.source_id) == (kind.pk, pk):
        return relation.target_type_id, relation.target_id, True
    return relation.source_type_id, relation.source_id, False


def _visible(person: Any, ends: Iterable[tuple[int, int]]) -> dict[tuple[int, int], models.Model]:
    by_type: dict[int, list[int]] = defaultdict(list)
    for type_, pk in ends:
        by_type[type_].append(pk)
    seen = {}
    for type_, pks in by_type.items():
        model = ContentType.objects.get_for_id(type_).model_class()
        if model is None:
            continue  # Its app is no longer installed.
        records = access.visible_to(person, model._default_manager.filter(pk__in=pks))
        seen.update({(type_, one.pk): one for one in records})
    return seen
