"""Pages of the information library."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion.rulebook.selectors import rules_on
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage
from research import forms, tables
from research.models import Finding
from research.selectors import finding_page
from research.services import findings, removal
from research.wording import VALIDITY_TONES, label_in


class FindingList(ListPage):
    listing = tables.FINDINGS
    create_route = "research:finding-create"
    create_label = _("Log information")
    empty = {
        "icon": "bulb",
        "title": _("Nothing in the library yet"),
        "text": _("Log what you read, saw or heard about the market, with its source."),
    }

    def records(self):
        return Finding.objects.live()


class FindingDetail(DetailPage):
    model = Finding
    template = "research/finding.html"

    def records(self):
        return Finding.objects.live().select_related(
            "owner", "team", "plan", "screened_by", "adopted_by"
        )

    def context(self, record: Finding) -> dict[str, Any]:
        return finding_page(self.request.user, record) | {
            "tone": VALIDITY_TONES[record.validity],
            "source": label_in(tables.sources(), record.source),
            "topic": label_in(tables.topic_choices(), record.category),
        }


class FindingForm(FormPage):
    model = Finding
    form = forms.FindingForm
    done = _("Information saved")

    def records(self):
        return Finding.objects.live()


class FindingCreate(FindingForm):
    title = _("Log information")

    def service(self, **values: Any) -> Finding:
        return findings.log_finding(rules=rules_on(), **values)


class FindingEdit(FindingForm):
    action = "edit"
    title = _("Edit information")

    def service(self, **values: Any) -> Finding:
        return findings.update_finding(rules=rules_on(), **values)


class FindingAct(ActPage):
    model = Finding

    def records(self):
        return Finding.objects.live()


class FindingScreen(FindingAct):
    action = "screen"
    form = forms.ScreenForm
    title = _("Screen information")
    verb = _("Save")
    done = _("Screened")

    def service(self, **values: Any) -> Finding:
        return findings.screen_finding(**values)


class FindingPublish(FindingAct):
    action = "publish"
    form = forms.EmptyForm
    title = _("Publish to the department")
    verb = _("Publish")
    done = _("Published to the department")

    def service(self, **values: Any) -> Finding:
        return findings.publish_finding(**values)


class FindingAdopt(FindingAct):
    action = "adopt"
    form = forms.AdoptForm
    title = _("Mark as adopted")
    verb = _("Mark as adopted")
    done = _("Marked as adopted")

    def service(self, **values: Any) -> Finding:
        return findings.adopt_finding(**values)


class FindingDelete(FindingAct):
    action = "delete"
    danger = True
    title = _("Delete information")
    verb = _("Delete")
    done = _("Information deleted")

    def service(self, **values: Any) -> Finding:
        return removal.delete_record(**values)

    def success_url(self, record: Any) -> str:
        return "/research/findings/"
