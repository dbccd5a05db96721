"""Pages that show the rulebook: what holds, and what each version changed."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from expansion import access
from expansion.rulebook.deciders import names_in
from expansion.rulebook.models import Standing, Version
from expansion.rulebook.regulation import sections_of, values_of
from expansion.rulebook.selectors import (
    LONG,
    changed_rows,
    names_of,
    restructured,
    rules_of,
    rules_on,
    standing_of,
    standings,
    unsettled,
    unsettled_lists,
    version_on,
)
from expansion.rulebook.services import drafts
from expansion.rulebook.values import Source
from expansion.rulebook.views.panels import panels_of
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import May
from expansion.ui.pages import ActPage, DetailPage, Screen

TONES = {
    Standing.DRAFT: "info",
    Standing.SUBMITTED: "due",
    Standing.IN_FORCE: "done",
    Standing.FOLLOWS: "info",
    Standing.SUPERSEDED: "neutral",
    Standing.DISCARDED: "neutral",
    Standing.REJECTED: "neutral",
}


class Regulation(Screen):
    """Everything the rulebook says, by section; readable for all it binds (A-1.2)."""

    gate = May("view", Version)
    template = "rulebook/regulation.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        version, wanted = version_on(), request.GET.get("source", "")
        rules = rules_of(version)
        sections = sections_of(rules, wanted)
        return self.draw(
            {
                "version": version,
                "sections": sections,
                "clauses": {clause.id for clause in rules.clauses},
                "names": names_in(values_of(sections), rules),
                "wanted": wanted,
                "waiting": len(unsettled(version)) + len(unsettled_lists(version)),
                "blanks": sum(one.source == Source.PLACEHOLDER for one in rules.parameters()),
                "versions": list(versions_for(request.user)),
                "may_edit": access.can(request.user, "edit", Version),
            }
        )


def versions_for(person: Any) -> Iterator[dict[str, Any]]:
    """Every version that the person sees, those that take effect last first, drafts before them,
    each with what it is today."""
    known = standings()
    seen = access.visible_to(person, Version.objects.defer(*LONG))
    for one in seen.order_by(F("effective_on").desc(nulls_first=True), "-number"):
        standing = standing_of(one, known)
        yield {"record": one, "standing": standing, "tone": TONES[standing]}


class VersionDetail(DetailPage):
    """One version: who drafted and published it, from when, and what it changed."""

    model = Version
    template = "rulebook/version.html"

    def records(self):
        people = ("drafted_by", "handed_over_by", "published_by")
        return Version.objects.select_related("based_on", *people)

    def context(self, record: Version) -> dict[str, Any]:
        drafted = record.status == Version.Status.DRAFT
        rows, others = changed_rows(record), restructured(record)
        standing = standing_of(record, standings())
        return {
            "rows": rows,
            "restructured": others,
            "names": names_of(record, [*rows, *others]),
            "standing": standing,
            "tone": TONES[standing],
            "may_edit": drafted and access.can(self.request.user, "edit", Version),
            "may_withdraw": access.can(self.request.user, "withdraw", record),
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


class WithdrawVersion(ActPage):
    """Takes back what is published and has not begun: it is the draft again."""

    model = Version
    action = "withdraw"
    title = lazy("Take the version back")
    verb = lazy("Take back")
    note = lazy(
        "It has not begun. It becomes the draft again, with all that it holds; the version before"
        " it goes on until another one is published."
    )
    done = lazy("It is taken back and a draft again.")
    danger = True

    def service(self, **values: Any) -> Version:
        return drafts.withdraw_version(**values)

    def success_url(self, record: Any) -> str:
        return reverse("rulebook:regulation")  # who approved it need not see drafts
