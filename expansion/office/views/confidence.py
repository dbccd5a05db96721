"""What the pages of agreements, statements, rights and public matters share."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from expansion import access
from expansion.office.models import IpRight, Nda, PublicMatter, Statement
from expansion.office.timeline import happened
from expansion.ui.drawing import Page
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage


def tabs(person: Any, active: type[models.Model]) -> list[dict[str, Any]]:
    """The four lists behind the one menu entry. Statements show to all: whoever decides over one
    finds it there."""
    lists = (
        (Nda, _("Agreements"), "office:nda-list"),
        (Statement, _("External statements"), "office:statement-list"),
        (IpRight, _("Intellectual property"), "office:right-list"),
        (PublicMatter, _("Public relations"), "office:matter-list"),
    )
    return [
        {"label": label, "url": reverse(route), "active": model is active}
        for model, label, route in lists
        if model in (active, Statement) or access.can(person, "view", model)
    ]


class ConfidenceList(ListPage):
    """Open to everyone who is signed in: each finds what is theirs to see."""

    gate = SIGNED_IN
    template = "office/confidence_list.html"
    export_route = "transfer:export-create"

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {"tabs": tabs(self.request.user, self.listing.model)}


class Kept:
    """The live records of one noun."""

    model: ClassVar[type[models.Model]]
    related: ClassVar[tuple[str, ...]] = ()

    def records(self) -> QuerySet:
        found = self.model._default_manager.all()
        kept = found.live() if hasattr(found, "live") else found
        return kept.select_related(*self.related)


class ConfidenceDetail(Kept, DetailPage):
    """Facts, texts, files and what happened; the acts that this person may do now."""

    template = "office/confidence.html"
    list_route = ""
    noun = ""  # the beginning of the names of its addresses

    def context(self, record: Any) -> dict[str, Any]:
        person = self.request.user
        return {
            "list_url": reverse(self.list_route),
            "list_label": next(tab["label"] for tab in tabs(person, self.model) if tab["active"]),
            "edit_url": self._act("edit", record),
            "delete_url": self._act("delete", record),
            "facts": self.facts(record),
            "entries": happened(record),
        }

    def facts(self, record: Any) -> list[dict[str, Any]]:
        raise NotImplementedError

    def _act(self, action: str, record: Any) -> str:
        """The address of an act, empty where it is not this person's."""
        if action not in access.rule_of(self.model).grants:
            return ""
        if not access.can(self.request.user, action, record):
            return ""
        return reverse(f"office:{self.noun}-{action}", args=[record.pk])


class ConfidenceForm(Kept, FormPage):
    list_route = ""

    def way_back(self) -> str:
        return super().way_back() or reverse(self.list_route)


class ConfidenceAct(Kept, ActPage):
    """A verb on one record; deleting leads back to the list."""

    list_route = ""

    def success_url(self, record: Any) -> str:
        if getattr(record, "deleted_at", None):
            return reverse(self.list_route)
        return super().success_url(record)
