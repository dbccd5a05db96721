"""Pages that show the rulebook: what holds, and what each version changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as lazy

from expansion import access
from expansion.rulebook.models import Version
from expansion.rulebook.regulation import sections_of
from expansion.rulebook.selectors import (
    changed_rows,
    restructured,
    rules_of,
    rules_on,
    version_on,
)
from expansion.rulebook.services import drafts
from expansion.rulebook.views.panels import panels_of
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import May
from expansion.ui.pages import ActPage, DetailPage, Screen

TONES = {"published": "done", "draft": "info", "submitted": "due", "discarded": "neutral"}


class Regulation(Screen):
    """Everything the rulebook says, by section; readable for all it binds (A-1.2)."""

    gate = May("view", Version)
    template = "rulebook/regulation.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        version, wanted = version_on(), request.GET.get("source", "")
        rules = rules_of(version)
        return self.draw(
            {
                "version": version,
                "sections": sections_of(rules, wanted),
                "wanted": wanted,
                "versions": Version.objects.published().order_by("-effective_on", "-number"),
                "may_edit": access.can(request.user, "edit", Version),
            }
        )


class VersionDetail(DetailPage):
    """One version: who drafted and published it, from when, and what it changed."""

    model = Version
    template = "rulebook/version.html"

    def records(self):
        return Version.objects.select_related("based_on", "drafted_by", "published_by")

    def context(self, record: Version) -> dict[str, Any]:
        drafted = record.status == Version.Status.DRAFT
        return {
            "rows": changed_rows(record),
            "restructured": restructured(record),
            "tone": TONES[record.status],
            "may_edit": drafted and access.can(self.request.user, "edit", Version),
            "panels": panels_of(self.request.user, record),
        }


class SubmitDraft(ActPage):
    """Asks for the approval that the rulebook names."""

    model = Version
    action = "submit"
    form = ServiceForm
    title = lazy("Submit the draft")
    verb = lazy("Submit for approval")
    done = lazy("Submitted")

    def service(self, **values: Any) -> Version:
        return drafts.submit_draft(rules=rules_on(), **values)
