"""The API of research: findings, plans, reports."""

from typing import Any

from rest_framework import serializers

from expansion import access
from expansion.api import (
    Act,
    Comment,
    Named,
    Provisional,
    Reason,
    RecordViewSet,
    Shown,
    Taken,
    Visible,
    routes,
)
from expansion.people.api import LevelSet
from expansion.people.models import Unit, User
from expansion.people.services.levels import classify
from expansion.rulebook.api import under_rules
from research import tables
from research.models import Finding, ResearchPlan, ResearchReport
from research.services import distribution, findings, plans, removal, reports

LIVE_PLANS = ResearchPlan.objects.live()


class Texts(serializers.DictField):
    """What is written, by the keys of the document's sections."""

    child = serializers.CharField(max_length=20000, allow_blank=True)


class FindingShown(Shown):
    owner = Named()
    plan = Named(allow_null=True)
    due_at_provisional = Provisional("counted_due_at")

    class Meta:
        model = Finding
        fields = [
            "id",
            "version",
            "title",
            "source",
            "origin",
            "link",
            "category",
            "collected_on",
            "period",
            "text",
            "plan",
            "logged_at",
            "due_at",
            "due_at_provisional",
            "late",
            "validity",
            "invalid_reason",
            "published_at",
            "adopted_at",
            "adopted_for",
            "owner",
            "created_at",
            "updated_at",
        ]


class FindingTaken(Taken):
    plan = Visible(queryset=LIVE_PLANS, required=False, allow_null=True)

    class Meta:
        model = Finding
        fields = [
            "title",
            "source",
            "origin",
            "link",
            "category",
            "collected_on",
            "period",
            "text",
            "plan",
        ]


class Screening(serializers.Serializer):
    valid = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    category = serializers.CharField(max_length=60, required=False)


class Adoption(serializers.Serializer):
    decision = serializers.CharField(max_length=300)


class FindingView(RecordViewSet):
    listing = tables.FINDINGS
    serializer_class = FindingShown
    creates = Act(under_rules(findings.log_finding), FindingTaken)
    changes = Act(
        under_rules(findings.update_finding),
        FindingTaken,
        versioned=True,
    )
    verbs = {
        "screen": Act(findings.screen_finding, Screening, asks="screen"),
        "publish": Act(findings.publish_finding, asks="publish"),
        "adopt": Act(findings.adopt_finding, Adoption, asks="adopt"),
        "delete": Act(removal.delete_record, Reason, asks="delete"),
    }

    def records(self):
        found = Finding.objects.live().select_related("owner")
        return access.with_visible(self.request.user, found, "plan")


class PlanShown(Shown):
    owner = Named()
    texts = Texts(read_only=True)

    class Meta:
        model = ResearchPlan
        fields = [
            "id",
            "version",
            "title",
            "due_on",
            "status",
            "texts",
            "owner",
            "created_at",
            "updated_at",
        ]


class PlanTaken(Taken):
    """`texts` goes by the keys of the rulebook's plan fields."""

    texts = Texts(required=False)

    class Meta:
        model = ResearchPlan
        fields = ["title", "due_on", "texts"]


def change_plan(*, record: ResearchPlan, **given: Any) -> ResearchPlan:
    """Changes a draft or a returned plan; what is not sent stays."""
    kept = {"title": record.title, "due_on": record.due_on}
    return plans.update_plan(record=record, **kept | given)


class PlanView(RecordViewSet):
    listing = tables.PLANS
    serializer_class = PlanShown
    creates = Act(under_rules(plans.create_plan), PlanTaken)
    changes = Act(change_plan, PlanTaken, versioned=True, asks="write")
    verbs = {
        "submit": Act(under_rules(plans.submit_plan), Comment, asks="write"),
        "finish": Act(plans.finish_plan, asks="write"),
        "delete": Act(removal.delete_record, Reason, asks="write"),
    }

    def records(self):
        return LIVE_PLANS.select_related("owner")


class ReportShown(Shown):
    owner = Named()
    approved_owner = Named(allow_null=True)
    plan = Named(allow_null=True)
    texts = Texts(read_only=True)

    class Meta:
        model = ResearchReport
        fields = [
            "id",
            "version",
            "number",
            "title",
            "period",
            "plan",
            "texts",
            "status",
            "level",
            "approved_at",
            "approved_owner",
            "distributed_at",
            "digest",
            "owner",
            "created_at",
            "updated_at",
        ]


class ReportBegun(Taken):
    """A new report; its texts are written by changing it."""

    plan = Visible(queryset=LIVE_PLANS, required=False, allow_null=True)

    class Meta:
        model = ResearchReport
        fields = ["title", "period", "plan"]


class ReportTaken(ReportBegun):
    """`texts` goes by the keys of the rulebook's report sections (A-3.1.4a)."""

    texts = Texts(required=False)

    class Meta(ReportBegun.Meta):
        fields = [*ReportBegun.Meta.fields, "texts"]


class Recipients(serializers.Serializer):
    units = Visible(queryset=Unit.objects.all(), many=True, required=False)
    people = Visible(queryset=User.objects.active(), many=True, required=False)


def change_report(*, record: ResearchReport, **given: Any) -> ResearchReport:
    """Changes a draft or a returned report; what is not sent stays."""
    kept = {"title": record.title, "period": record.period, "plan": record.plan}
    return reports.save_report(record=record, **kept | given)


class ReportView(RecordViewSet):
    listing = tables.REPORTS
    serializer_class = ReportShown
    creates = Act(under_rules(reports.create_report), ReportBegun)
    changes = Act(change_report, ReportTaken, versioned=True, asks="write")
    verbs = {
        "submit": Act(under_rules(reports.submit_report), Comment, asks="write"),
        "classify": Act(classify, LevelSet, asks="classify"),
        "distribute": Act(distribution.distribute_report, Recipients, asks="distribute"),
        "read": Act(distribution.mark_read, asks=""),
        "delete": Act(removal.delete_record, Reason, asks="write"),
    }

    def records(self):
        found = ResearchReport.objects.live().select_related("owner", "approved_owner")
        return access.with_visible(self.request.user, found, "plan")


urlpatterns = routes(
    "research", {"findings": FindingView, "plans": PlanView, "reports": ReportView}
)
