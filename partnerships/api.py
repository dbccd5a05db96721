"""The API of partners and projects."""

from typing import Any

from rest_framework import serializers

from crm.models import Client, Contract
from expansion import access
from expansion.api import (
    Act,
    Comment,
    Named,
    Reason,
    RecordViewSet,
    Shown,
    Taken,
    Visible,
    routes,
)
from expansion.people.models import User
from expansion.rulebook.api import under_rules, under_version
from partnerships import tables
from partnerships.models import Milestone, Partner, Project, ProjectCheck
from partnerships.selectors import with_state
from partnerships.services import milestones, partners, projects, schemes


class PartnerShown(Shown):
    client = Named()
    owner = Named(source="client.owner")

    class Meta:
        model = Partner
        fields = [
            "id",
            "version",
            "client",
            "owner",
            "kind",
            "source",
            "status",
            "capacity",
            "rating",
            "since",
            "ended_on",
            "created_at",
            "updated_at",
        ]


class PartnerTaken(Taken):
    class Meta:
        model = Partner
        fields = ["kind", "source", "status", "capacity", "rating"]


class PartnerMade(PartnerTaken):
    client = Visible(queryset=Client.objects.live())

    class Meta(PartnerTaken.Meta):
        fields = ["client", *PartnerTaken.Meta.fields]


class PartnerView(RecordViewSet):
    listing = tables.PARTNERS
    serializer_class = PartnerShown
    creates = Act(under_rules(partners.create_partner), PartnerMade)
    changes = Act(
        under_rules(partners.update_partner),
        PartnerTaken,
        versioned=True,
    )

    def records(self):
        return Partner.objects.live().select_related("client__owner")


class ProjectShown(Shown):
    partner = Named()
    owner = Named()
    team = Named()
    contract = Named(allow_null=True)
    signed_owner = Named(allow_null=True)
    phases = serializers.IntegerField(read_only=True)
    phases_done = serializers.IntegerField(read_only=True)
    phases_late = serializers.IntegerField(read_only=True)
    phases_unowned = serializers.IntegerField(read_only=True)
    progress = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "version",
            "title",
            "partner",
            "owner",
            "team",
            "contract",
            "signed_owner",
            "stage",
            "status",
            "planned_start",
            "planned_end",
            "started_on",
            "ended_on",
            "amount",
            "currency",
            "scheme",
            "scheme_status",
            "scheme_approved_at",
            "resources",
            "evaluation",
            "closed_reason",
            "phases",
            "phases_done",
            "phases_late",
            "phases_unowned",
            "progress",
            "created_at",
            "updated_at",
        ]


class ProjectTaken(Taken):
    class Meta:
        model = Project
        fields = [
            "title",
            "planned_start",
            "planned_end",
            "amount",
            "currency",
            "scheme",
            "resources",
            "evaluation",
        ]


class ProjectMade(ProjectTaken):
    partner = Visible(queryset=Partner.objects.live())

    class Meta(ProjectTaken.Meta):
        fields = ["partner", *ProjectTaken.Meta.fields]


class ProjectMove(serializers.Serializer):
    stage = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    override = serializers.BooleanField(required=False)


class ProjectContract(serializers.Serializer):
    contract = Visible(queryset=Contract.objects.live())


class ProjectStart(serializers.Serializer):
    started_on = serializers.DateField(required=False)


class ProjectFinish(serializers.Serializer):
    ended_on = serializers.DateField(required=False)


class CheckShown(Shown):
    project = Named()
    by = Named()

    class Meta:
        model = ProjectCheck
        fields = ["id", "project", "checked_on", "progress", "rating", "findings", "by", "at"]


class CheckTaken(Taken):
    checked_on = serializers.DateField(required=False)

    class Meta:
        model = ProjectCheck
        fields = ["checked_on", "progress", "rating", "findings"]


class ProjectView(RecordViewSet):
    listing = tables.PROJECTS
    serializer_class = ProjectShown
    creates = Act(under_version(projects.create_project), ProjectMade)
    changes = Act(projects.update_project, ProjectTaken, versioned=True)
    verbs = {
        "move": Act(projects.move_project, ProjectMove),
        "submit": Act(under_rules(schemes.submit_scheme), Comment, asks="submit"),
        "contract": Act(projects.link_contract, ProjectContract),
        "start": Act(projects.start_project, ProjectStart),
        "finish": Act(projects.finish_project, ProjectFinish),
        "cancel": Act(projects.cancel_project, Reason),
        "reopen": Act(projects.reopen_project, Reason),
        "delete": Act(projects.delete_project, Reason, asks="delete"),
        "check": Act(milestones.add_check, CheckTaken, CheckShown, asks="check"),
    }

    def records(self):
        found = Project.objects.live().select_related(
            "partner__client", "owner", "signed_owner", "team", "rules_version"
        )
        return access.with_visible(self.request.user, with_state(found), "contract")


class MilestoneShown(Shown):
    project = Named()
    owner = Named(allow_null=True)
    done_owner = Named(allow_null=True)

    class Meta:
        model = Milestone
        fields = ["id", "version", "project", "title", "owner", "due_on", "done_on", "done_owner"]


class MilestoneTaken(Taken):
    owner = Visible(queryset=User.objects.active(), required=False, allow_null=True)

    class Meta:
        model = Milestone
        fields = ["title", "owner", "due_on"]


class MilestoneMade(MilestoneTaken):
    project = Visible(queryset=Project.objects.live())

    class Meta(MilestoneTaken.Meta):
        fields = ["project", *MilestoneTaken.Meta.fields]


class MilestoneDone(serializers.Serializer):
    done_on = serializers.DateField()


def add_milestone(*, project: Project, **given: Any) -> Milestone:
    """A phase of an open project."""
    return milestones.add_milestone(record=project, **given)


class MilestoneView(RecordViewSet):
    serializer_class = MilestoneShown
    creates = Act(add_milestone, MilestoneMade)
    changes = Act(milestones.update_milestone, MilestoneTaken, versioned=True)
    verbs = {
        "done": Act(milestones.complete_milestone, MilestoneDone, asks="complete"),
        "reopen": Act(milestones.reopen_milestone, Reason),
        "remove": Act(milestones.remove_milestone, Reason, Named),
    }

    def records(self):
        return Milestone.objects.live().select_related("project", "owner", "done_owner")


class CheckView(RecordViewSet):
    serializer_class = CheckShown

    def records(self):
        return ProjectCheck.objects.filter(project__deleted_at=None).select_related("project", "by")


urlpatterns = routes(
    "partnerships",
    {
        "partners": PartnerView,
        "projects": ProjectView,
        "milestones": MilestoneView,
        "checks": CheckView,
    },
)
