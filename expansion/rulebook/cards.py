"""What the rulebook brings to the to-do centre: a draft, for whoever may go on."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import open_draft, rules_on


def drafts(person: Any) -> Iterator[offers.Todo]:
    """A draft that the person publishes alone, or has begun and handed to nobody yet."""
    if not access.can(person, "edit", Version):
        return
    draft = open_draft()
    if draft is None or draft.status != Version.Status.DRAFT:
        return
    alone = not rules_on().amendment.chain.value
    publishes = alone and access.can(person, "publish", Version)
    if publishes or (draft.drafted_by_id == person.pk and draft.handed_over_at is None):
        yield offers.Todo(
            kind="draft",
            title=str(draft),
            url=draft.get_absolute_url(),
            detail=draft.handed_over_by.name if draft.handed_over_by else "",
            act=_("Publish") if publishes else _("Hand in the draft"),
        )


offers.add(offers.TodoSource("rulebook.draft", _("Draft of the rules"), 70, drafts))
