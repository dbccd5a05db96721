"""The API of work reports."""

from typing import Any

from rest_framework import serializers

from expansion.api import Act, Named, Provisional, RecordViewSet, Shown, routes
from expansion.office import api_confidence, api_personnel, tables
from expansion.office.models import ReportComment, WorkReport
from expansion.office.selectors import figures
from expansion.office.selectors.reports import may_see_content
from expansion.office.services import reports


class WorkReportShown(Shown):
    owner = Named()
    team = Named()
    recipient = Named(allow_null=True)
    due_at_provisional = Provisional("due_at")
    figures = serializers.ListField(child=serializers.DictField(), read_only=True)
    texts = serializers.DictField(child=serializers.CharField(), read_only=True)
    plan = serializers.ListField(child=serializers.CharField(), read_only=True)
    results = serializers.ListField(child=serializers.DictField(), read_only=True)

    class Meta:
        model = WorkReport
        fields = [
            "id",
            "version",
            "owner",
            "team",
            "recipient",
            "kind",
            "period",
            "begins_on",
            "ends_on",
            "due_at",
            "due_at_provisional",
            "status",
            "figures",
            "texts",
            "plan",
            "results",
            "covers_from",
            "covers_until",
            "submitted_at",
            "late",
            "read_at",
        ]

    def to_representation(self, report: WorkReport) -> dict[str, Any]:
        """As on the page: what is written is its writer's alone until it is handed in."""
        shown = super().to_representation(report)
        shown["figures"] = figures.shown(report.figures, report.get_absolute_url())
        if not may_see_content(self.context["request"].user, report):
            shown |= {"figures": [], "texts": {}, "plan": [], "results": []}
            shown |= {"covers_from": None, "covers_until": None}
        return shown


class Result(serializers.Serializer):
    """What became of one line of the last plan."""

    outcome = serializers.CharField(max_length=20, required=False, allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class WorkReportTaken(serializers.Serializer):
    """`texts` goes by the keys of the report's sections; `plan` is replaced where it is sent."""

    texts = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    plan = serializers.ListField(
        child=serializers.CharField(max_length=300, allow_blank=True), required=False
    )
    results = Result(many=True, required=False)


class Remark(serializers.Serializer):
    text = serializers.CharField(max_length=1000)


class RemarkShown(Shown):
    by = Named()

    class Meta:
        model = ReportComment
        fields = ["id", "by", "at", "text"]


def change_report(*, record: WorkReport, **given: Any) -> WorkReport:
    """Keeps what is written so far; what is not sent stays."""
    kept = {"texts": {}, "plan": record.plan}
    return reports.save_report(record=record, **kept | given)


class WorkReportView(RecordViewSet):
    listing = tables.REPORTS
    serializer_class = WorkReportShown
    changes = Act(change_report, WorkReportTaken, versioned=True)
    verbs = {
        "submit": Act(reports.submit_report, versioned=True, asks="submit"),
        "withdraw": Act(reports.withdraw_report, asks="withdraw"),
        "read": Act(reports.read_report, asks="read"),
        "comment": Act(reports.comment_report, Remark, RemarkShown, asks="comment"),
    }

    def records(self):
        return WorkReport.objects.select_related("owner", "team", "recipient")


urlpatterns = routes(
    "office", {"reports": WorkReportView, **api_confidence.NOUNS, **api_personnel.NOUNS}
)
