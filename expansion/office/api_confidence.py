"""The API of agreements, external statements, rights in ideas and public matters."""

from rest_framework import serializers

from expansion.api import Act, Comment, Named, Reason, RecordViewSet, Shown, Taken, Visible
from expansion.office import tables_confidence as tables
from expansion.office.models import IpRight, Nda, PublicMatter, Statement
from expansion.office.services import matters, ndas, rights, statements
from expansion.people.models import User
from expansion.rulebook.api import under_rules


class NdaShown(Shown):
    person = Named()
    recorded_by = Named()

    class Meta:
        model = Nda
        fields = [
            "id",
            "version",
            "person",
            "edition",
            "signed_on",
            "until",
            "survives_leaving",
            "replaced_at",
            "recorded_by",
        ]


class NdaTaken(Taken):
    class Meta:
        model = Nda
        fields = ["edition", "signed_on", "until", "survives_leaving"]
        extra_kwargs = {"survives_leaving": {"required": False}}


class NdaMade(NdaTaken):
    """Without `survives_leaving` it goes on after leaving where the rulebook says so."""

    person = Visible(queryset=User.objects.exclude(status="left"))

    class Meta(NdaTaken.Meta):
        fields = ["person", *NdaTaken.Meta.fields]


class NdaView(RecordViewSet):
    listing = tables.NDAS
    serializer_class = NdaShown
    creates = Act(under_rules(ndas.record_nda), NdaMade)
    changes = Act(ndas.change_nda, NdaTaken, versioned=True)
    verbs = {"delete": Act(ndas.delete_nda, Reason, asks="delete")}

    def records(self):
        return Nda.objects.live().select_related("person", "recorded_by")


class StatementShown(Shown):
    owner = Named()
    team = Named()
    released_by = Named(allow_null=True)

    class Meta:
        model = Statement
        fields = [
            "id",
            "version",
            "owner",
            "team",
            "title",
            "kind",
            "audience",
            "text",
            "planned_on",
            "status",
            "approved_at",
            "digest",
            "released_on",
            "released_by",
            "released_where",
        ]


class StatementTaken(Taken):
    class Meta:
        model = Statement
        fields = ["title", "kind", "audience", "planned_on", "text"]


class Release(serializers.Serializer):
    """When it was said, and where."""

    released_on = serializers.DateField()
    released_where = serializers.CharField(max_length=200, required=False, allow_blank=True)


class StatementView(RecordViewSet):
    listing = tables.STATEMENTS
    serializer_class = StatementShown
    creates = Act(statements.create_statement, StatementTaken)
    changes = Act(statements.change_statement, StatementTaken, versioned=True, asks="write")
    verbs = {
        "submit": Act(under_rules(statements.submit_statement), Comment, asks="write"),
        "release": Act(statements.release_statement, Release, asks="release"),
        "withdraw": Act(statements.withdraw_statement, Reason, asks="withdraw"),
    }

    def records(self):
        return Statement.objects.select_related("owner", "team", "released_by")


class RightShown(Shown):
    recorded_by = Named()

    class Meta:
        model = IpRight
        fields = [
            "id",
            "version",
            "kind",
            "title",
            "number",
            "holder",
            "registered_on",
            "expires_on",
            "note",
            "recorded_by",
        ]


class RightTaken(Taken):
    class Meta:
        model = IpRight
        fields = ["kind", "title", "number", "holder", "registered_on", "expires_on", "note"]


class RightView(RecordViewSet):
    listing = tables.RIGHTS
    serializer_class = RightShown
    creates = Act(under_rules(rights.register_right), RightTaken)
    changes = Act(under_rules(rights.change_right), RightTaken, versioned=True)
    verbs = {"delete": Act(rights.delete_right, Reason, asks="delete")}

    def records(self):
        return IpRight.objects.live().select_related("recorded_by")


class MatterShown(Shown):
    owner = Named()
    team = Named()

    class Meta:
        model = PublicMatter
        fields = [
            "id",
            "version",
            "owner",
            "team",
            "happened_on",
            "counterpart",
            "matter",
            "done",
            "follow_up_on",
        ]


class MatterTaken(Taken):
    """`owner` is who dealt with it; without one, the caller."""

    owner = Visible(queryset=User.objects.active(), required=False)

    class Meta:
        model = PublicMatter
        fields = ["owner", "happened_on", "counterpart", "matter", "done", "follow_up_on"]


class MatterView(RecordViewSet):
    listing = tables.MATTERS
    serializer_class = MatterShown
    creates = Act(matters.log_matter, MatterTaken)
    changes = Act(matters.change_matter, MatterTaken, versioned=True)
    verbs = {"delete": Act(matters.delete_matter, Reason, asks="delete")}

    def records(self):
        return PublicMatter.objects.live().select_related("owner", "team")


NOUNS = {"ndas": NdaView, "statements": StatementView, "rights": RightView, "matters": MatterView}
