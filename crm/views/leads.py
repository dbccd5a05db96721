"""Pages of leads: list with counts, the conditions one by one, conversion."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as lazy

from crm import forms_leads, tables_leads
from crm.models import Lead, Opportunity
from crm.pipelines import usual
from crm.services import leads
from crm.services.opportunities import convert_lead
from crm.tables import label_in
from crm.tables_leads import lead_badge
from expansion import access
from expansion.rulebook.selectors import rules_on, version_on
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage
from expansion.worktime import Period


class LeadList(ListPage):
    listing = tables_leads.LEADS
    export_route = "transfer:export-create"
    template = "crm/lead_list.html"
    create_route = "crm:lead-create"
    create_label = lazy("New lead")
    empty = {
        "icon": "target",
        "title": lazy("No leads yet"),
        "text": lazy("A lead is a need that somebody has told you of. Write the first one."),
    }

    def records(self):
        return Lead.objects.live()

    def context(self, page) -> dict[str, Any]:
        visible = access.visible_to(self.request.user, self.records())
        return {**super().context(page), "counts": counts_by_person(visible)}


def counts_by_person(visible) -> list[dict[str, Any]]:
    """Leads in work per owner, and per owner of that day what became effective lately."""
    week, quarter = Period.containing("week"), Period.containing("quarter")
    rows = (
        visible.order_by()
        .values("owner__name", "effective_owner__name")
        .annotate(
            working=Count("pk", filter=Q(status__in=Lead.OPEN)),
            week=Count("pk", filter=Q(effective_on__range=(week.start, week.end))),
            quarter=Count("pk", filter=Q(effective_on__range=(quarter.start, quarter.end))),
        )
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row["owner__name"]]["working"] += row["working"]
        effective = counts[row["effective_owner__name"] or row["owner__name"]]
        effective.update({"week": row["week"], "quarter": row["quarter"]})
    in_order = sorted(counts.items(), key=lambda one: (-one[1]["quarter"], one[0]))[:20]
    shown = ("working", "week", "quarter")
    return [{"name": name} | {key: found[key] for key in shown} for name, found in in_order]


class LeadDetail(DetailPage):
    model = Lead
    template = "crm/lead.html"

    def records(self):
        return Lead.objects.live().select_related("client__owner", "owner", "team")

    def context(self, record: Lead) -> dict[str, Any]:
        person = self.request.user
        open_ = record.status in Lead.OPEN
        return {
            "badge": lead_badge(record),
            "source": label_in(rules_on().crm.sources, record.source),
            "conditions": conditions(record),
            "enabled": rules_on().crm.effective_lead.enabled.value,
            "history": record.conditions.select_related("by").order_by("-pk"),
            "opportunities": record.opportunities.live(),
            "is_open": open_,
            "may_edit": access.can(person, "edit", record),
            "may_overrule": access.can(person, "overrule", record),
            "new_form": forms_leads.MarkForm(person=person),
        }


def conditions(lead: Lead) -> list[dict[str, Any]]:
    """Each condition of the rulebook: whether it holds, since when, by whose word."""
    marks = leads.standing(lead)
    rows = []
    for one in rules_on().crm.effective_lead.conditions:
        mark = marks.get(one.key)
        computed = one.key == leads.CONTINUING and not (mark and mark.overruled)
        since = leads.met_since(lead, one.key, marks)
        rows.append(
            {
                "key": one.key,
                "label": one.label(),
                "required": one.required.value,
                "computed": computed,
                "met": since is not None,
                "since": since,
                "mark": None if computed else mark,
            }
        )
    return rows


class LeadForm(FormPage):
    model = Lead
    form = forms_leads.LeadForm

    def records(self):
        return Lead.objects.live()


class LeadCreate(LeadForm):
    title = lazy("New lead")
    done = lazy("Lead saved")

    def service(self, **values: Any) -> Lead:
        return leads.create_lead(rules=rules_on(), **values)


class LeadEdit(LeadForm):
    action = "edit"
    title = lazy("Edit lead")
    done = lazy("Lead saved")

    def service(self, **values: Any) -> Lead:
        return leads.update_lead(rules=rules_on(), **values)


class LeadAct(ActPage):
    model = Lead

    def records(self):
        return Lead.objects.live().select_related("client__owner")


class OnCondition(LeadAct):
    """An act on one condition, which the address names."""

    def context(self, form: ServiceForm) -> dict[str, Any]:
        key = str(form["key"].value() or "")
        label = label_in(rules_on().crm.effective_lead.conditions, key)
        return {**super().context(form), "title": gettext(": ").join((str(self.title), label))}

    def service(self, **values: Any) -> Lead:
        return self.act(rules=rules_on(), **values)

    def act(self, **values: Any) -> Lead:
        raise NotImplementedError


class LeadMark(OnCondition):
    form = forms_leads.MarkForm
    title = lazy("Condition")
    done = lazy("Condition saved")

    def act(self, **values: Any) -> Lead:
        return leads.mark_condition(**values)


class LeadOverrule(OnCondition):
    action = "overrule"
    form = forms_leads.OverruleForm
    title = lazy("Overrule condition")
    verb = lazy("Overrule")
    done = lazy("Overruled")

    def act(self, **values: Any) -> Lead:
        return leads.overrule_condition(**values)


class LeadClose(LeadAct):
    form = ReasonForm
    title = lazy("Set lead aside")
    verb = lazy("Set aside")
    done = lazy("Lead set aside")

    def service(self, **values: Any) -> Lead:
        return leads.close_lead(**values)


class LeadReopen(LeadAct):
    form = ServiceForm
    title = lazy("Take lead up again")
    verb = lazy("Take up again")
    done = lazy("Lead taken up again")

    def service(self, **values: Any) -> Lead:
        return leads.reopen_lead(rules=rules_on(), **values)


class LeadConvert(LeadAct):
    form = forms_leads.ConvertForm
    title = lazy("Make an opportunity of it")
    verb = lazy("Make opportunity")
    done = lazy("Opportunity opened")

    def initial(self) -> dict[str, Any]:
        pipeline = usual(self.request.user, self.record.team).key
        return {"title": self.record.title, "pipeline": pipeline} | super().initial()

    def service(self, **values: Any) -> Opportunity:
        return convert_lead(rules_version=version_on(), **values)
