"""The API of appraisal results: one's own, and those that are shown to one's part in them."""

from rest_framework import serializers

from appraisal.models import Result
from expansion.api import Named, Provisional, RecordViewSet, Shown, routes


class ResultShown(Shown):
    """`breakdown` holds every step of the arithmetic (A-5.4.3)."""

    person = Named(source="participant.owner")
    cycle = serializers.CharField(source="participant.cycle.period.key", read_only=True)
    breakdown = serializers.DictField(read_only=True)
    rulebook = Named()
    appeal_until_provisional = Provisional("appeal_until")

    class Meta:
        model = Result
        fields = [
            "id",
            "version",
            "person",
            "cycle",
            "computed",
            "adjustment",
            "reason",
            "score",
            "level",
            "breakdown",
            "rulebook",
            "finalized_at",
            "delivered_at",
            "appeal_until",
            "appeal_until_provisional",
            "acknowledged_at",
        ]


class ResultView(RecordViewSet):
    serializer_class = ResultShown

    def records(self):
        return Result.objects.select_related("participant__owner", "participant__cycle", "rulebook")


urlpatterns = routes("appraisal", {"results": ResultView})
