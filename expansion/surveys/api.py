"""The API of surveys, to read; and the ticking off of what is to become better."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from expansion.api import Act, Named, Reason, RecordViewSet, Shown, routes
from expansion.surveys import tables
from expansion.surveys.models import Measure, Question, Questionnaire
from expansion.surveys.selectors import results, with_counts
from expansion.surveys.services import measures


class QuestionShown(Shown):
    choices = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Question
        fields = ["id", "order", "text", "kind", "choices", "required", "counts"]


class ShareShown(serializers.Serializer):
    """One possible answer and how many gave it."""

    label = serializers.CharField(read_only=True)
    count = serializers.IntegerField(read_only=True)
    percent = serializers.DecimalField(5, 2, read_only=True)


class TallyShown(serializers.Serializer):
    """What was answered to one question; nothing where not `enough` answered it."""

    question = serializers.IntegerField(source="question.pk", read_only=True)
    count = serializers.IntegerField(read_only=True)
    enough = serializers.BooleanField(read_only=True)
    mean = serializers.DecimalField(5, 2, read_only=True, allow_null=True)
    shares = ShareShown(many=True, read_only=True)
    texts = serializers.ListField(child=serializers.CharField(), read_only=True)


class PartShown(serializers.Serializer):
    """The score of one team or person; none where it could tell whose an answer is."""

    label = serializers.CharField(read_only=True)
    count = serializers.IntegerField(read_only=True)
    score = serializers.DecimalField(5, 2, read_only=True, allow_null=True)


class ResultsShown(serializers.Serializer):
    """What the answers say together; of fewer than `least` nothing is read."""

    enough = serializers.BooleanField(read_only=True)
    score = serializers.DecimalField(5, 2, read_only=True, allow_null=True)
    tallies = TallyShown(many=True, read_only=True)
    teams = PartShown(many=True, read_only=True)
    people = PartShown(many=True, read_only=True)


class QuestionnaireShown(Shown):
    """`results` stand with one alone, and only once it is over."""

    owner = Named()
    team = Named()
    invited = serializers.IntegerField(read_only=True)
    answered = serializers.IntegerField(read_only=True)
    questions = QuestionShown(many=True, read_only=True)
    results = serializers.SerializerMethodField()

    class Meta:
        model = Questionnaire
        fields = [
            "id",
            "version",
            "title",
            "owner",
            "team",
            "audience",
            "purpose",
            "intro",
            "status",
            "valid_until",
            "scale",
            "least",
            "sent_at",
            "closed_at",
            "reported_at",
            "invited",
            "answered",
            "score",
            "summary",
            "questions",
            "results",
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(ResultsShown(allow_null=True))
    def get_results(self, record: Questionnaire) -> dict[str, Any] | None:
        if isinstance(self.parent, serializers.ListSerializer) or not record.is_over:
            return None
        return ResultsShown(results(record)).data


class QuestionnaireView(RecordViewSet):
    listing = tables.SURVEYS
    serializer_class = QuestionnaireShown

    def records(self):
        found = Questionnaire.objects.live().select_related("owner", "team")
        return with_counts(found).prefetch_related("questions")


class MeasureShown(Shown):
    questionnaire = Named()
    responsible = Named()
    done_by = Named(allow_null=True)

    class Meta:
        model = Measure
        fields = [
            "id",
            "questionnaire",
            "text",
            "responsible",
            "due_on",
            "done_on",
            "done_by",
            "done_note",
        ]


class MeasureDone(serializers.Serializer):
    done_on = serializers.DateField()
    done_note = serializers.CharField(max_length=500)


class MeasureView(RecordViewSet):
    serializer_class = MeasureShown
    verbs = {
        "done": Act(measures.finish_measure, MeasureDone, asks="complete"),
        "reopen": Act(measures.reopen_measure, Reason),
    }

    def records(self):
        return Measure.objects.live().select_related("questionnaire", "responsible", "done_by")


urlpatterns = routes("surveys", {"questionnaires": QuestionnaireView, "measures": MeasureView})
