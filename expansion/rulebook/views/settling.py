"""What still waits for somebody's word: one list of the draft, confirmed a section at a time."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from expansion.rulebook.forms import DraftForm
from expansion.rulebook.models import Version
from expansion.rulebook.regulation import by_section
from expansion.rulebook.selectors import unsettled, unsettled_lists
from expansion.rulebook.services import drafts
from expansion.rulebook.templatetags.rules import rule_section
from expansion.rulebook.views.drafting import DraftPage


class Unsettled(DraftPage):
    """Blanks of the regulation, proposals and empty values by section (R-exp-01)."""

    template = "rulebook/unsettled.html"

    def typed(self) -> dict[str, Any]:
        return {}

    def confirmed(self) -> set[str]:
        """By section only; what was confirmed one by one the page does not send."""
        return set()

    def write(self, form: DraftForm, typed: dict[str, Any]) -> Version:
        section, given = self.request.POST.get("section", ""), form.cleaned_data
        if section:
            draft = drafts.confirm_section(
                actor=self.request.user,
                section=section,
                draft=given["draft"],
                version=given["version"],
            )
            given |= {"draft": draft.pk, "version": draft.version}
        return super().write(form, typed)

    def saved(self) -> str:
        section = self.request.POST.get("section", "")
        if not section:
            return super().saved()
        return _("“%(section)s” is confirmed in the draft.") % {"section": rule_section(section)}

    def context(self, groups: Any) -> dict[str, Any]:
        version = self.draft or self.base
        return {"sections": by_section(self.rules, unsettled(version), unsettled_lists(version))}

    def told(self, rows: list[Any]) -> Iterator[Any]:
        yield from super().told(rows)
        yield from (one.value for one in unsettled(self.draft or self.base))
