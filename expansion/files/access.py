"""A file's permission is its subject's permission."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from expansion import access
from expansion.access import EVERYTHING, NOTHING
from expansion.files.models import Attachment


@access.register(Attachment)
class AttachmentAccess(access.Rule):
    """Visible with the record it hangs on; a draft to its sender alone."""

    owner, team = "added_by", None

    def visible(self, person: Any) -> Q:
        parts = [Q(added_by_id=person.pk) & ~Q(draft="")]
        rules = {model: rule for model, rule in access.rules().items() if model is not Attachment}
        kinds = ContentType.objects.get_for_models(*rules)
        for model, rule in rules.items():
            condition, besides = access.condition(person, model), rule.files_besides(person)
            if condition != NOTHING:
                parts.append(self._hangs_on(kinds[model], model, condition))
            if besides != NOTHING:
                parts.append(Q(about_type=kinds[model]) & besides)
        return reduce(or_, parts)

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        """Removing is for whoever may change the record, and for the sender of the file.

        What approvers decide or have decided over keeps its files, whoever sent them.
        """
        if record is None:
            return person.is_authenticated
        if action != "remove" or not access.can(person, "view", record):
            return False
        about = record.about
        if about is not None and access.rule_of(type(about)).keeps(about, record):
            return False
        return record.added_by_id == person.pk or access.can(person, "edit", about)

    @staticmethod
    def _hangs_on(kind: ContentType, model: Any, condition: Q) -> Q:
        of_kind = Q(about_type=kind)
        if condition == EVERYTHING:
            return of_kind
        seen = model._default_manager.filter(condition).values("pk")
        return of_kind & Q(about_id__in=seen)
