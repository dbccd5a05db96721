"""The log of major matters, to be read."""

from crm import tables_authority
from crm.models import Escalation
from expansion.api import Named, RecordViewSet, Shown


class EscalationShown(Shown):
    """What it is about, where that is no opportunity and no contract: `about_id` is a cooperation
    project's; else the client as a whole."""

    client = Named()
    owner = Named()
    decided_by = Named(allow_null=True)
    decided_for = Named(allow_null=True)

    class Meta:
        model = Escalation
        fields = [
            "id",
            "version",
            "client",
            "opportunity",
            "contract",
            "about_id",
            "about_label",
            "triggers",
            "amount",
            "currency",
            "role",
            "owner",
            "opened_at",
            "decided_by",
            "decided_for",
            "decided_at",
            "outcome",
            "reason",
        ]


class EscalationView(RecordViewSet):
    listing = tables_authority.ESCALATIONS
    serializer_class = EscalationShown

    def records(self):
        related = ("client", "owner", "decided_by", "decided_for", "opportunity", "contract")
        return Escalation.objects.live().select_related(*related)
