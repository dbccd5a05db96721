"""Pages of research plans."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion.rulebook.selectors import rules_on
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage
from research import forms, tables
from research.models import ResearchPlan
from research.selectors import plan_page
from research.services import drafts, plans, removal
from research.views.reports import PLANS, tabs
from research.wording import TONES


class PlanList(ListPage):
    listing = tables.PLANS
    template = "research/report_list.html"
    create_route = "research:plan-create"
    create_label = _("New plan")
    empty = {
        "icon": "clipboard-list",
        "title": _("No plans yet"),
        "text": _("Collecting begins after the plan is approved."),
    }

    def records(self):
        return ResearchPlan.objects.live()

    def context(self, page: Any) -> dict[str, Any]:
        return super().context(page) | {"tabs": tabs(self.request.user, PLANS)}


class PlanDetail(DetailPage):
    gate = SIGNED_IN
    model = ResearchPlan
    template = "research/plan.html"

    def records(self):
        return ResearchPlan.objects.live().select_related("owner", "team")

    def context(self, record: ResearchPlan) -> dict[str, Any]:
        return plan_page(self.request.user, record) | {"tone": TONES[record.status]}


class PlanForm(FormPage):
    model = ResearchPlan
    form = forms.PlanForm
    done = _("Plan saved")

    def records(self):
        return ResearchPlan.objects.live()


class PlanCreate(PlanForm):
    title = _("New research plan")

    def service(self, **values: Any) -> ResearchPlan:
        return plans.create_plan(rules=rules_on(), **forms.with_texts(values))


class PlanEdit(PlanForm):
    gate = SIGNED_IN
    action = "write"
    title = _("Edit research plan")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        drafts.require_open(self.record)

    def service(self, **values: Any) -> ResearchPlan:
        return plans.update_plan(**forms.with_texts(values))


class PlanAct(ActPage):
    gate = SIGNED_IN
    model = ResearchPlan
    action = "write"

    def records(self):
        return ResearchPlan.objects.live()


class PlanSubmit(PlanAct):
    form = forms.SubmitForm
    title = _("Submit for approval")
    verb = _("Submit")
    done = _("Submitted for approval")

    def service(self, **values: Any) -> ResearchPlan:
        return plans.submit_plan(rules=rules_on(), **values)


class PlanFinish(PlanAct):
    form = forms.EmptyForm
    title = _("Finish the collection")
    verb = _("Finish")
    done = _("Plan finished")

    def service(self, **values: Any) -> ResearchPlan:
        return plans.finish_plan(**values)


class PlanDelete(PlanAct):
    danger = True
    title = _("Delete plan")
    verb = _("Delete")
    done = _("Plan deleted")

    def service(self, **values: Any) -> ResearchPlan:
        return removal.delete_record(**values)

    def success_url(self, record: Any) -> str:
        return PLANS
